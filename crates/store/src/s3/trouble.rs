//! What a server's refusal means: the codes of the S3 protocol and the failures of a connection, sorted by what a
//! person can do about them.

use std::error::Error;

use object_store::client::{HttpError, HttpErrorKind};

use crate::Refusal;

/// Sorts an error. What is not there and what is there already are no refusals; callers ask for those first.
pub(super) fn refusal(error: &object_store::Error) -> Refusal {
    let mut text = String::new();
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<HttpError>()
            && !matches!(error.kind(), HttpErrorKind::Decode)
        {
            return Refusal::Unreachable;
        }
        text = error.to_string();
        if let Some(found) = code(&text).and_then(by_code).or_else(|| by_status(&text)) {
            return found;
        }
        cause = error.source();
    }
    match error {
        object_store::Error::PermissionDenied { .. } => Refusal::Denied,
        object_store::Error::Unauthenticated { .. } => Refusal::Credentials,
        _ if text.contains("redirect") => Refusal::Region,
        _ => Refusal::Other,
    }
}

/// The code in an answer's body: `<Code>NoSuchBucket</Code>`.
fn code(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("<Code>")?;
    rest.split_once("</Code>").map(|(code, _)| code)
}

fn by_code(code: &str) -> Option<Refusal> {
    Some(match code {
        "NoSuchBucket" => Refusal::NoBucket,
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "ExpiredToken" => {
            Refusal::Credentials
        }
        "AccessDenied" | "AllAccessDisabled" | "AccountProblem" => Refusal::Denied,
        "RequestTimeTooSkewed" => Refusal::Clock,
        "AuthorizationHeaderMalformed" | "PermanentRedirect" | "IllegalLocationConstraintException" => {
            Refusal::Region
        }
        "QuotaExceeded" | "XMinioStorageFull" | "InsufficientStorage" => Refusal::Full,
        "SlowDown" | "ServiceUnavailable" | "InternalError" | "RequestTimeout" => Refusal::Busy,
        _ => return None,
    })
}

/// By the status alone, as `object_store` prints it, where the body has no code that is known.
fn by_status(text: &str) -> Option<Refusal> {
    let (_, rest) = text.split_once("status code: ")?;
    match rest.get(..3)? {
        "507" => Some(Refusal::Full),
        "429" => Some(Refusal::Busy),
        // It does not know how, and will not later either.
        "501" | "505" => None,
        status if status.starts_with('5') => Some(Refusal::Busy),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Refusal, refusal};

    fn check(text: &str, expected: Refusal) {
        let error = object_store::Error::Generic { store: "S3", source: text.into() };
        assert_eq!(refusal(&error), expected, "{text}");
    }

    #[test]
    fn answers_are_sorted_by_what_a_person_can_do() {
        let answer = |code: &str| format!("status code: 403: <Error><Code>{code}</Code></Error>");
        check(&answer("NoSuchBucket"), Refusal::NoBucket);
        check(&answer("SignatureDoesNotMatch"), Refusal::Credentials);
        check(&answer("InvalidAccessKeyId"), Refusal::Credentials);
        check(&answer("AccessDenied"), Refusal::Denied);
        check(&answer("RequestTimeTooSkewed"), Refusal::Clock);
        check(&answer("Unheard"), Refusal::Other);
        check("status code: 503 Service Unavailable", Refusal::Busy);
        check("status code: 507", Refusal::Full);
        check("status code: 501 Not Implemented", Refusal::Other);
        check("status code: 5", Refusal::Other);
        check("something else", Refusal::Other);
    }
}
