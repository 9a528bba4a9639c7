//! The owner's memo: two pages that say what to do and answer, by number, the four things owners fear of a
//! partner: cost, control, product knowledge, lock-in.

mod fears;

use maud::{Markup, html};

use super::page::table;
use super::pictures::money;
use super::{promised, words};
use crate::compare::{
    self, BreakEven, ClientCosts, Comparison, CostQuantiles, LeverEffect, SetupResult, SplitPlan,
    Swing, Year,
};
use crate::ids::SetupId;
use crate::scenario::{Money, Scenario};
use crate::sheet::{Cell, Sheet};

/// Most clients named one by one.
const MOST_CLIENTS: usize = 12;
/// Most values left to the program that are named: the first page is to stay one.
const MOST_SAID: usize = 14;
/// Inputs that the memo names.
const INPUTS: usize = 10;

/// What a memo is made from; what was not computed is empty.
pub struct Memo<'a> {
    pub scenario: &'a Scenario,
    pub comparison: &'a Comparison,
    pub break_even: &'a BreakEven,
    pub tornado: &'a [Swing],
    pub quantiles: &'a [CostQuantiles],
    pub levers: &'a [LeverEffect],
    /// Where it was asked for.
    pub year: Option<&'a Year>,
    /// The cheapest split that keeps its promises, where splits were asked for.
    pub split: Option<&'a SplitPlan>,
}

/// The memo, without the page around it: the first page decides and says what it rests on, the second says why.
pub(super) fn body(memo: &Memo) -> Markup {
    let columns = memo.columns();
    html! {
        section.memo id="memo" {
            div.sheet {
                h2 { "Decision memo" }
                (decision(memo))
                (fears_table(memo, &columns))
                h3 { "What this rests on" }
                (rests_on(memo, &columns))
            }
            @if memo.says_why() { div.sheet {
                h2 { "Why, and what would change it" }
                @if let Some((from, to)) = memo.way() {
                    h3 { "From one total to the other" }
                    p.note { "What falls away (green) and what comes instead (red)." }
                    (chart(&money::waterfall_of(memo.scenario, from, to)))
                }
                @if memo.break_even.points.len() > 1 {
                    h3 { "At which volume the answer changes" }
                    p.note {
                        "Each set-up was planned again at several volumes; steps are whole people hired or minimum \
                         fees met. Only set-ups that keep their promises are called cheapest, where any does."
                    }
                    (crossings(memo))
                    (chart(&money::break_even_of(memo.scenario, memo.comparison, memo.break_even, None)))
                }
                @if !memo.tornado.is_empty() {
                    h3 { "What moves the answer most" }
                    (chart(&money::tornado_of(memo.scenario, &memo.tornado[..memo.tornado.len().min(INPUTS)])))
                }
                @if !memo.levers.is_empty() {
                    h3 { "What you could do about it" }
                    p.note { "On the cheapest set-up, once grown; below zero it costs." }
                    (table(&levers(memo)))
                }
            } }
        }
    }
}

/// The four fears in one table, a head for each.
fn fears_table(memo: &Memo, columns: &[&SetupResult]) -> Markup {
    html! {
        div.scroll tabindex="0" {
            table {
                thead {
                    tr {
                        th scope="col" {}
                        @for result in columns { th scope="col" { (memo.title(result)) } }
                    }
                }
                @for fear in fears::all(memo, columns) {
                    tbody {
                        tr.fear { th colspan=(columns.len() + 1) scope="rowgroup" { (fear.name) } }
                        @for (what, values) in &fear.rows {
                            tr {
                                td { (what) }
                                @for value in values { td { (words::clean(value)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl<'a> Memo<'a> {
    /// The set-ups that the memo holds side by side: in-house, the best partner, and the cheapest where it
    /// is neither.
    fn columns(&self) -> Vec<&'a SetupResult> {
        let cheapest = self.comparison.setups.get(self.comparison.cheapest);
        let mut columns: Vec<&SetupResult> = Vec::new();
        for result in [
            self.comparison.in_house(),
            self.comparison.best_partner(),
            cheapest,
        ]
        .into_iter()
        .flatten()
        {
            if columns.iter().all(|other| other.setup != result.setup) {
                columns.push(result);
            }
        }
        columns
    }

    /// In-house and the best partner, where there are both.
    pub(super) fn way(&self) -> Option<(&'a SetupResult, &'a SetupResult)> {
        self.comparison
            .in_house()
            .zip(self.comparison.best_partner())
    }

    /// Whether there is anything on the second page: with one set-up and little time there is not.
    fn says_why(&self) -> bool {
        self.way().is_some()
            || self.break_even.points.len() > 1
            || !self.tornado.is_empty()
            || !self.levers.is_empty()
    }

    /// Whether a cheaper set-up misses promises that it might keep, had the search had more time.
    fn might_turn(&self, best: &SetupResult) -> bool {
        let cheaper = |other: &&SetupResult| {
            let prices = other
                .costing
                .per_interaction()
                .zip(best.costing.per_interaction());
            !other.keeps_promises && prices.is_some_and(|(other, best)| other < best)
        };
        self.scenario.policy.in_turn && self.comparison.setups.iter().any(|other| cheaper(&other))
    }

    fn title(&self, result: &SetupResult) -> String {
        title(self.scenario, result)
    }

    fn money(&self, amount: f64) -> String {
        words::money(self.scenario.currency, amount)
    }

    fn short(&self, amount: Money) -> String {
        words::money_short(self.scenario.currency, amount.to_f64())
    }
}

/// A set-up's title, or its name where it has none.
pub(super) fn title(scenario: &Scenario, result: &SetupResult) -> String {
    let setup = &scenario.setups[result.setup];
    words::clean(words::titled(setup.title.trim(), &setup.name))
}

/// What to do, and what it saves: the difference of two totals that stand beside it.
fn decision(memo: &Memo) -> Markup {
    let Some(best) = memo.comparison.setups.get(memo.comparison.cheapest) else {
        return html! { p { "The scenario names no set-up to decide on." } };
    };
    let other = memo
        .way()
        .map(|(own, partner)| {
            if own.setup == best.setup {
                partner
            } else {
                own
            }
        })
        .filter(|other| other.setup != best.setup);
    let clients = compare::by_client(memo.comparison);
    let differ = clients
        .iter()
        .any(|client| client.cheapest != clients[0].cheapest);
    let time = match best.costing.weeks {
        weeks if (weeks - 1.0).abs() < 0.01 => "the week".to_owned(),
        weeks => format!("the {}", words::counted(weeks, "week")),
    };
    html! {
        p.headline {
            @if differ { "It depends on the shop. All together: “" (memo.title(best)) "”, " }
            @else if best.keeps_promises && memo.might_turn(best) {
                "As far as the time given goes, take “" (memo.title(best)) "”: "
            }
            @else if best.keeps_promises { "Take “" (memo.title(best)) "”: " }
            @else if let Some(hours) = best.only_hours_open() {
                "Every set-up leaves hours open; of those that keep most “" (memo.title(best)) "” costs least ("
                (promised::open(hours)) "): "
            }
            @else { "No set-up keeps every promise; “" (memo.title(best)) "” keeps most at the least cost: " }
            @if let Some(price) = best.costing.per_interaction() { (memo.money(price)) " an interaction, " }
            (words::money_short(memo.scenario.currency, best.costing.per_month())) " a month."
        }
        @if clients.len() > 1 && clients.len() <= MOST_CLIENTS { (by_client(memo, &clients)) }
        @if let Some(other) = other {
            @let way = compare::waterfall(other, best);
            p {
                "Over " (time) " planned “" (memo.title(other)) "” costs "
                b { (memo.money(way.start.to_f64())) } " and “" (memo.title(best)) "” "
                b { (memo.money(way.end.to_f64())) } ": "
                @if way.savings() >= Money::ZERO {
                    "a saving of " b { (memo.money(way.savings().to_f64())) } "."
                } @else if memo.might_turn(best) {
                    b { (memo.money(-way.savings().to_f64())) }
                    " more; the time given was too short to say whether its promises need that."
                } @else {
                    b { (memo.money(-way.savings().to_f64())) } " more, which is what its promises cost."
                }
            }
        }
        @if let Some(split) = memo.split { (by_split(memo, split, best)) }
        @if let Some(year) = memo.year { (over_the_year(memo, year)) }
    }
}

/// Whether sharing the work out costs less than the set-up that costs least.
fn by_split(memo: &Memo, split: &SplitPlan, best: &SetupResult) -> Markup {
    let saves = best.costing.total() - split.total;
    html! {
        p {
            @if saves > Money::ZERO {
                "Sharing the work out costs less: " b { (memo.money(split.total.to_f64())) } ", "
                (memo.money(saves.to_f64())) " less. “" (words::clean(&split.name)) "”, one's own take "
                (words::clean(&split.own.join("; "))) ", the partner " (words::clean(&split.partner.join("; "))) "."
            } @else {
                "No split that was found costs less: the best, “" (words::clean(&split.name)) "”, costs "
                (memo.money(split.total.to_f64())) "."
            }
        }
    }
}

/// What the set-ups of the memo cost over the twelve months, and which costs least.
fn over_the_year(memo: &Memo, year: &Year) -> Markup {
    let setups = &memo.comparison.setups;
    let columns = memo.columns();
    let shown = setups.iter().enumerate().filter(|(_, result)| {
        let mut columns = columns.iter();
        columns.any(|column| column.setup == result.setup)
    });
    let costs: Vec<String> = shown
        .map(|(index, result)| {
            let total = memo.money(year.total(index).to_f64());
            format!("“{}” {total}", memo.title(result))
        })
        .collect();
    html! {
        @if let Some(best) = setups.get(year.cheapest()) {
            p {
                "Over the twelve months “" (memo.title(best)) "” costs least, "
                b { (memo.money(year.total(year.cheapest()).to_f64())) } ": " (costs.join(", ")) "."
            }
        }
    }
}

/// Where several shops ask: for which of them which set-up pays.
fn by_client(memo: &Memo, clients: &[ClientCosts]) -> Markup {
    html! {
        ul.plain {
            @for client in clients {
                @if let Some(best) = memo.comparison.setups.get(client.cheapest) {
                    li {
                        (words::clean(&memo.scenario.clients[client.client].title)) " ("
                        (words::count(client.interactions_per_day)) " a day): “" (memo.title(best)) "”, "
                        (memo.money(client.per_interaction[client.cheapest])) " an interaction."
                    }
                }
            }
        }
    }
}

fn chart(svg: &str) -> Markup {
    html! {
        div.chart tabindex="0" {
            (maud::PreEscaped(svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1)))
        }
    }
}

fn crossings(memo: &Memo) -> Markup {
    let points = &memo.break_even.points;
    let name = |index: usize| {
        let result = memo.comparison.setups.get(index);
        result.map_or_else(String::new, |result| memo.title(result))
    };
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return html! {};
    };
    let all = if memo.break_even.by_shop.is_empty() {
        ""
    } else {
        "All shops together: "
    };
    html! {
        @match memo.break_even.crossings.first() {
            None => p {
                (all)
                "“" (name(first.cheapest)) "” is cheapest from "
                (words::count(first.interactions_per_day)) " to "
                (words::count(last.interactions_per_day)) " interactions a day."
            },
            Some(flip) => p {
                @if all.is_empty() { "Below " } @else { (all) "below " } (words::count(flip.interactions_per_day.round())) " interactions a day “"
                (name(flip.from)) "”"
                @for crossing in &memo.break_even.crossings {
                    "; from about " (words::count(crossing.interactions_per_day.round())) " “"
                    (name(crossing.to)) "”"
                }
                "."
            },
        }
        @if memo.comparison.in_house().is_some() { (own_people_from(memo)) }
    }
}

/// From which volume a shop should take people of its own, against each partner's set-up.
fn own_people_from(memo: &Memo) -> Markup {
    let largest = memo.break_even.largest();
    let partners = memo
        .comparison
        .setups
        .iter()
        .enumerate()
        .filter(|(_, result)| memo.scenario.setups[result.setup].tariff.is_some());
    html! {
        ul.plain {
            @for (index, result) in partners {
                @let found = memo.break_even.own_people_from(memo.comparison, index);
                li { (found.words(&format!("“{}”", memo.title(result)), largest)) }
            }
        }
    }
}

fn levers(memo: &Memo) -> Sheet {
    let symbol = words::symbol(memo.scenario.currency);
    let mut sheet = Sheet::new([
        "Lever".to_owned(),
        "Change".to_owned(),
        format!("Saves a month, {symbol}"),
    ]);
    for lever in memo.levers {
        sheet.push(vec![
            Cell::text(&lever.lever),
            Cell::text(&lever.change),
            Cell::number(lever.saves(), 0),
        ]);
    }
    sheet
}

/// Defaults and rules with their sources.
fn rests_on(memo: &Memo, columns: &[&SetupResult]) -> Markup {
    let shown = |setup: SetupId| columns.iter().any(|result| result.setup == setup);
    let mut said = compare::assumptions(memo.scenario, shown);
    let more = said.len().saturating_sub(MOST_SAID);
    said.truncate(MOST_SAID);
    html! {
        ul.plain.note {
            @for result in columns {
                @let detail = &result.costing.detail;
                @if !detail.weeks_without_cover_basis.is_empty() {
                    li {
                        (memo.title(result)) ", weeks with nobody there: "
                        (words::clean(&detail.weeks_without_cover_basis))
                    }
                }
                @if !detail.lock_in_basis.is_empty() {
                    li { (memo.title(result)) ", still to pay: " (words::clean(&detail.lock_in_basis)) }
                }
            }
        }
        p.note {
            "The same demand and the same promises in every set-up, staffed, simulated and priced. Values that \
             the scenario leaves to the program, with their source and date:"
        }
        ul.plain.note {
            @for assumption in &said {
                li {
                    (words::clean(&assumption.what.replace('`', ""))) ": " (words::clean(&assumption.source))
                }
            }
            @if more > 0 {
                li { "and " (more) " more, which crewcast compare lists" }
            }
        }
    }
}
