//! Reading a request: path, query and JSON body, each refusing in problem details what it cannot read.
//!
//! Ids are read strictly (36 characters with hyphens): one thing has one address.

use std::{borrow::Cow, fmt, marker::PhantomData, str::FromStr};

use axum::extract::{FromRequest, FromRequestParts};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};

use crate::problem::Problem;

/// The path's parameters.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub struct At<T>(pub T);

/// The query's parameters.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub struct Asked<T>(pub T);

/// The JSON body.
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub struct Given<T>(pub T);

/// An id as it stands in addresses and bodies: a UUID with its hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id<T>(pub T);

impl<'de, T: FromStr> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let lawful = text.len() == 36;
        let id = if lawful { text.parse().ok() } else { None };
        id.map(Id).ok_or_else(|| D::Error::custom("an id is a UUID of 36 characters"))
    }
}

/// A whole number from `MIN` to `MAX`. In JSON `7.0` is one too (JSON Schema, `integer`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within<const MIN: i64, const MAX: i64>(pub i64);

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Within<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = deserializer.deserialize_i64(Whole)?;
        if (MIN..=MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err(D::Error::custom(format!("a whole number from {MIN} to {MAX} is needed, not {number}")))
        }
    }
}

struct Whole;

impl Visitor<'_> for Whole {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number).map_err(|_| E::custom("the number is too large"))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
        // Beyond, a float does not tell one whole number from the next.
        let exact = number.fract() == 0.0 && number.abs() <= (1_i64 << f64::MANTISSA_DIGITS) as f64;
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and its size was checked")]
        exact.then_some(number as i64).ok_or_else(|| E::invalid_type(Unexpected::Float(number), &self))
    }
}

/// Text of `MIN` to `MAX` characters, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<const MIN: usize, const MAX: usize>(pub String);

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if !(MIN..=MAX).contains(&text.chars().count()) {
            return Err(D::Error::custom(format!("a text of {MIN} to {MAX} characters is needed")));
        }
        if text.chars().any(|letter| letter < ' ' || letter == '\u{7f}') {
            return Err(D::Error::custom("a text without control characters is needed"));
        }
        Ok(Self(text))
    }
}

/// A comma-separated list of at most `MAX` names (letters, digits, `_`, `-`, `.`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names<const MAX: usize>(pub Vec<String>, PhantomData<[(); MAX]>);

impl<'de, const MAX: usize> Deserialize<'de> for Names<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
        let lawful = |name: &String| {
            !name.is_empty()
                && name.len() <= 64
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        };
        if names.len() > MAX || !names.iter().all(lawful) {
            return Err(D::Error::custom(format!("at most {MAX} names with commas between them are needed")));
        }
        Ok(Self(names, PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use damask_model::AssetId;
    use serde_json::{from_value, json};

    use super::{Id, Names, Text, Within};

    #[test]
    fn an_id_has_one_form() {
        let id = AssetId::fresh();
        assert_eq!(from_value::<Id<AssetId>>(json!(id.to_string())).expect("id"), Id(id));
        for other in
            [id.0.simple().to_string(), id.0.braced().to_string(), id.0.urn().to_string(), "x".into()]
        {
            assert!(from_value::<Id<AssetId>>(json!(other)).is_err(), "{other}");
        }
    }

    #[test]
    fn a_number_outside_its_limits_is_refused() {
        for number in [json!(200), json!(200.0)] {
            assert_eq!(from_value::<Within<1, 200>>(number).expect("within"), Within(200));
        }
        for number in [json!(0), json!(201), json!(-1), json!(1.5), json!("7")] {
            assert!(from_value::<Within<1, 200>>(number.clone()).is_err(), "{number}");
        }
    }

    #[test]
    fn a_text_is_measured_in_characters() {
        assert!(from_value::<Text<1, 3>>(json!("äöü")).is_ok());
        for text in ["", "abcd", "a\nb", "a\0"] {
            assert!(from_value::<Text<1, 3>>(json!(text)).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_list_of_names_is_bounded() {
        assert_eq!(from_value::<Names<2>>(json!("type,camera")).expect("names").0, ["type", "camera"]);
        for list in ["", "a,,b", "a,b,c", "a b", "ü"] {
            assert!(from_value::<Names<2>>(json!(list)).is_err(), "{list:?}");
        }
    }
}
