/// Codes of what a plan can still be made of: it leaves these hours open, these promises missed or these breaks to
/// the manager, and says so. For `check`, `plan`, `compare` and `simulate` they are warnings.
pub const LEFT_OPEN: [&str; 6] = [
    "no-site-open",
    "no-group",
    "only-overflow",
    "no-break",
    "no-shift",
    "no-room",
];

/// Those of them that leave customers without an answer: a price for what nobody serves would be none.
pub const UNSERVED: [&str; 3] = ["no-site-open", "no-group", "only-overflow"];

/// Every code of what a scenario can get wrong, with its meaning; `tests/problems/<code>/` provokes each.
/// Folders of results and `--set` have codes of their own.
pub const CODES: &[(&str, &str)] = &[
    // The file as text.
    (
        "missing-file",
        "a file that the scenario needs cannot be read",
    ),
    ("toml-syntax", "the text is not TOML"),
    ("unknown-field", "a field that its table does not have"),
    ("missing-field", "a field that must be given is not"),
    ("wrong-type", "a value of another kind than the field holds"),
    // One value by itself.
    (
        "bad-number",
        "a number that is negative, absurd or no number",
    ),
    (
        "bad-duration",
        "a length of time that cannot be read, or is absurd",
    ),
    ("bad-share", "a share outside 0 % to 100 %"),
    (
        "bad-money",
        "an amount of money that cannot be read, or is negative",
    ),
    (
        "bad-date",
        "a day that does not exist, cannot be read or is none that is asked for",
    ),
    (
        "bad-hours",
        "hours of a day that do not exist or cannot be read",
    ),
    (
        "overlapping-hours",
        "hours of one day that overlap or are out of order",
    ),
    ("bad-days", "days of the week that cannot be read"),
    ("bad-id", "an id that is empty or holds spaces or signs"),
    (
        "unknown-choice",
        "a word that is not one of a field's few choices",
    ),
    ("unknown-channel", "a channel that does not exist"),
    (
        "unknown-zone",
        "a time zone that the zone database does not hold",
    ),
    ("unknown-language", "a language tag that names no language"),
    ("unknown-currency", "a currency that ISO 4217 does not hold"),
    (
        "unknown-country",
        "a country without a holiday table or labour rules",
    ),
    ("unknown-profile", "a demand profile that does not exist"),
    // Names that must point somewhere.
    ("duplicate-id", "two things of one kind with one id"),
    ("unknown-client", "a client that is not in the scenario"),
    ("unknown-market", "a market that is not in the scenario"),
    (
        "unknown-hours",
        "opening hours that are not in the scenario",
    ),
    (
        "unknown-contact-type",
        "a contact type that is not in the scenario",
    ),
    ("unknown-queue", "a queue that is not in the scenario"),
    ("unknown-site", "a site that is not in the scenario"),
    (
        "unknown-rules",
        "labour rules that are neither built in nor in the scenario",
    ),
    ("unknown-shift", "a shift that is not in the scenario"),
    (
        "unknown-group",
        "an agent group that is not in the scenario",
    ),
    ("unknown-setup", "a set-up that is not in the scenario"),
    (
        "missing-rate",
        "an amount in a foreign currency without a rate of exchange",
    ),
    // The scenario as a whole.
    (
        "missing-start",
        "no start of the plan and no history to follow",
    ),
    ("not-monday", "a plan that does not start on a Monday"),
    ("bad-slot", "a slot other than 15, 30 or 60 minutes"),
    ("impossible-target", "a promise that no staffing can keep"),
    ("missing-target", "a queue without a promise, or with two"),
    ("missing-demand", "a queue with neither history nor orders"),
    ("never-open", "a queue whose opening hours are empty"),
    (
        "no-site-open",
        "a queue is open while no site with agents for it can be",
    ),
    (
        "only-overflow",
        "a queue whose contacts reach nobody before its promised time is over",
    ),
    (
        "no-group",
        "a queue that no agent group of a set-up is able to serve",
    ),
    (
        "no-shift",
        "hours of a queue that no shift of those who serve it reaches",
    ),
    (
        "no-room",
        "a queue that asks for more agents at once than there are seats or people",
    ),
    (
        "bad-shift",
        "a shift that cannot be worked: breaks, length, start or contract",
    ),
    (
        "no-break",
        "a shift so long that a break is due, which has none",
    ),
    (
        "bad-contract",
        "a week's contract that rules or shifts do not allow",
    ),
    ("bad-shrinkage", "shrinkage that leaves no time on the line"),
    (
        "bad-period",
        "a period that ends before it starts, or overlaps one that it contradicts",
    ),
    ("bad-setup", "a set-up whose parts contradict its kind"),
    (
        "nothing-to-plan",
        "a scenario without queues, agent groups or set-ups",
    ),
    // Histories.
    ("csv-header", "a history whose columns cannot be recognised"),
    ("csv-row", "a row of a history that cannot be read"),
    (
        "guessed-encoding",
        "a history that does not say its encoding, read by what its letters tell",
    ),
    (
        "repeated-rows",
        "rows of a history that are there twice, told and counted all the same",
    ),
    (
        "other-handle-time",
        "a handle time far from that of the queue's history, told and taken all the same",
    ),
    (
        "idle-lever",
        "a lever that changes no contact of the weeks planned, told and left as it is",
    ),
    ("unknown-series", "a series that the history does not hold"),
    (
        "empty-history",
        "a history without any contacts to learn from",
    ),
    (
        "no-contacts",
        "a quote for a client who brings no contacts, or next to none",
    ),
    (
        "no-orders",
        "a history cannot be made for a queue without orders",
    ),
];
