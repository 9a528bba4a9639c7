//! Languages by their BCP-47 tags, region and script kept: `cs`, `pt-BR`, `zh-Hant-TW`.

use std::cell::RefCell;

use isolang::Language as Iso;
use toml::de::DeValue;

use super::source::{At, did_you_mean};
use super::value::{Wrong, text};
use crate::ids::{Id, LanguageId};
use crate::scenario::{Language, LanguageLevel, Speaks};
use crate::table::Table;

/// The languages met so far, in the order of their first mention.
#[derive(Debug, Default)]
pub(super) struct Languages(RefCell<Vec<Language>>);

impl Languages {
    /// The id of a tag, new or known.
    pub fn id(&self, language: Language) -> LanguageId {
        let mut known = self.0.borrow_mut();
        let index = known.iter().position(|other| other.tag == language.tag);
        LanguageId::new(index.unwrap_or_else(|| {
            known.push(language);
            known.len() - 1
        }))
    }

    /// Reads a tag.
    pub fn read(&self, value: &DeValue) -> Result<LanguageId, Wrong> {
        parse(&text(value)?).map(|language| self.id(language))
    }

    /// Reads a tag with a level, as in "en:c1"; native without one.
    pub fn speaks(&self, value: &DeValue) -> Result<Speaks, Wrong> {
        let text = text(value)?;
        let (tag, level) = text.split_once(':').unwrap_or((&text, "native"));
        let level = match level.to_ascii_lowercase().as_str() {
            "native" | "c2" => LanguageLevel::Native,
            "c1" => LanguageLevel::C1,
            "b2" => LanguageLevel::B2,
            _ => {
                return Err(Wrong::new(
                    "unknown-choice",
                    format!("`{level}` is no level of a language"),
                    did_you_mean(level, ["native", "c1", "b2"]),
                ));
            }
        };
        Ok(Speaks {
            language: self.id(parse(tag)?),
            level,
        })
    }

    pub fn into_table(self) -> Table<LanguageId, Language> {
        Table::new(self.0.into_inner())
    }
}

/// Each language once, at the best of its levels.
pub(super) fn best_levels(spoken: Vec<At<Speaks>>) -> Vec<Speaks> {
    let mut best: Vec<Speaks> = Vec::with_capacity(spoken.len());
    for At { value: speaks, .. } in spoken {
        match best
            .iter_mut()
            .find(|other| other.language == speaks.language)
        {
            Some(other) => other.level = other.level.max(speaks.level),
            None => best.push(speaks),
        }
    }
    best
}

fn parse(tag: &str) -> Result<Language, Wrong> {
    let unknown = |remedy: String| {
        Wrong::new(
            "unknown-language",
            format!("`{tag}` names no language"),
            remedy,
        )
    };
    let mut parts = tag.split(['-', '_']);
    let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
    let iso = match primary.len() {
        2 => Iso::from_639_1(&primary),
        3 => Iso::from_639_3(&primary),
        _ => None,
    };
    let Some(iso) = iso else {
        return Err(unknown(hint(&primary)));
    };
    let mut normal = iso.to_639_1().unwrap_or(iso.to_639_3()).to_owned();
    let mut title = iso.to_name().to_owned();
    let mut region_seen = false;
    for part in parts {
        let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
        let part = match part.len() {
            4 if letters && !region_seen => {
                part[..1].to_ascii_uppercase() + &part[1..].to_ascii_lowercase()
            }
            2 if letters && !region_seen => {
                region_seen = true;
                part.to_ascii_uppercase()
            }
            3 if part.bytes().all(|b| b.is_ascii_digit()) && !region_seen => {
                region_seen = true;
                part.to_owned()
            }
            _ => {
                return Err(unknown(
                    "a tag is a language, then perhaps a script and a region: `pt-BR`, `zh-Hant-TW`"
                        .to_owned(),
                ));
            }
        };
        title = format!("{title} ({part})");
        normal = format!("{normal}-{part}");
    }
    Ok(Language { tag: normal, title })
}

/// What a wrong tag may have meant: a country's code, or a name.
fn hint(primary: &str) -> String {
    const COUNTRIES: [(&str, &str); 14] = [
        ("cz", "cs"),
        ("ua", "uk"),
        ("gr", "el"),
        ("jp", "ja"),
        ("cn", "zh"),
        ("dk", "da"),
        ("at", "de"),
        ("rs", "sr"),
        ("us", "en"),
        ("gb", "en"),
        ("mx", "es"),
        ("eg", "ar"),
        ("co", "es"),
        ("ph", "fil"),
    ];
    let by_country = COUNTRIES.iter().find(|(country, _)| *country == primary);
    let mut letters = primary.chars();
    let name: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    let by_name = Iso::from_name(&name);
    match (by_country, by_name) {
        (Some((country, tag)), _) => {
            format!(
                "did you mean `{tag}`? `{country}` is a country; languages have tags of their own"
            )
        }
        (None, Some(iso)) => {
            format!(
                "did you mean `{}`?",
                iso.to_639_1().unwrap_or(iso.to_639_3())
            )
        }
        (None, None) => "name it by its BCP-47 tag: `cs`, `pt-BR`, `fil`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_keep_script_and_region_in_their_usual_case() {
        let tag = |text: &str| parse(text).unwrap().tag;
        assert_eq!(tag("CS"), "cs");
        assert_eq!(tag("ces"), "cs");
        assert_eq!(tag("pt-br"), "pt-BR");
        assert_eq!(tag("ZH-hant-tw"), "zh-Hant-TW");
        assert_eq!(tag("es-419"), "es-419");
        assert_eq!(tag("fil"), "fil");
        assert_eq!(parse("pt-BR").unwrap().title, "Portuguese (BR)");
    }

    #[test]
    fn wrong_tags_are_explained() {
        let remedy = |text: &str| parse(text).unwrap_err().remedy;
        assert!(remedy("cz").contains("`cs`"));
        assert!(remedy("Czech").contains("`cs`"));
        for tag in ["", "-", "x", "cs-", "pt-BR-PT", "cs-CZ-Latn", "č", "en-é"] {
            assert!(parse(tag).is_err(), "{tag}");
        }
    }
}
