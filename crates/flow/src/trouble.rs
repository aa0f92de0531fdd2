//! What can go wrong, in the three kinds a face must tell apart: the caller's mistake, a refusal by right,
//! our fault. Nothing here knows HTTP numbers; `damask-server`'s `problem.rs` gives them.

use std::{error::Error, fmt, ops::Range};

use damask_model::Uuid;

/// The result of everything `flow` does.
pub type Outcome<T> = Result<T, Trouble>;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The caller asked for something that cannot be; the words say what would be right.
    #[error("{0}")]
    Mistake(Box<Mistake>),
    /// There is no such thing, or none this caller may know of.
    #[error("there is no {noun} {id}")]
    Missing {
        /// The noun that was looked for.
        noun: &'static str,
        /// What was given to find it by.
        id: String,
    },
    /// Who calls is not known, or no longer.
    #[error("{0}")]
    Unknown(&'static str),
    /// The caller is known and may not do this.
    #[error("{act} needs the permission to {permission}")]
    Refused {
        /// What was tried.
        act: &'static str,
        /// The permission that is lacking.
        permission: &'static str,
    },
    /// It is being made; ask again.
    #[error("{what} is not made yet")]
    NotYet {
        /// What was asked for.
        what: String,
        /// Seconds after which asking again makes sense.
        retry_after_s: u32,
    },
    /// Our fault. Logged once, where it is handled.
    #[error("could not {doing}")]
    Fault {
        /// What was being done.
        doing: String,
        /// The cause.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// A caller's mistake with a stable code and a hint in the user's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Stable code, e.g. `bad-query`.
    pub code: &'static str,
    /// What is wrong.
    pub detail: String,
    /// What would be right.
    pub hint: Option<String>,
    /// Where in the text that was given, in characters.
    pub at: Option<Range<usize>>,
    /// The asset that is in the way.
    pub of: Option<Uuid>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl Trouble {
    /// A mistake with its code and what is wrong.
    pub fn mistake(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Mistake(Box::new(Mistake { code, detail: detail.into(), hint: None, at: None, of: None }))
    }

    /// The same mistake with a hint of what would be right.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Self::Mistake(mistake) = &mut self {
            mistake.hint = Some(hint.into());
        }
        self
    }

    /// The same mistake with the asset that is in the way.
    #[must_use]
    pub fn of(mut self, asset: Uuid) -> Self {
        if let Self::Mistake(mistake) = &mut self {
            mistake.of = Some(asset);
        }
        self
    }

    /// Nothing of that noun is known by that id, or not to this caller.
    pub fn missing(noun: &'static str, id: impl fmt::Display) -> Self {
        Self::Missing { noun, id: id.to_string() }
    }

    /// Our fault while `doing` something; use as `.map_err(Trouble::fault("read the catalog"))`.
    pub fn fault<E: Into<Box<dyn Error + Send + Sync>>>(doing: impl Into<String>) -> impl FnOnce(E) -> Self {
        move |source| Self::Fault { doing: doing.into(), source: source.into() }
    }

    /// Whether the same may succeed another time without anybody changing what they ask for.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Mistake(mistake) => {
                ["disk-full", "upload-busy", "lease-lost", "not-scanned"].contains(&mistake.code)
            }
            Self::Missing { .. } | Self::Unknown(_) | Self::Refused { .. } => false,
            Self::NotYet { .. } | Self::Fault { .. } => true,
        }
    }

    /// The error and all its causes on one line, for logs and job records.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl From<damask_catalog::CatalogError> for Trouble {
    fn from(source: damask_catalog::CatalogError) -> Self {
        if let damask_catalog::CatalogError::Full { source: cause } = &source {
            return Self::mistake("disk-full", format!("{source}: {cause}")).hint(
                "make room on the disk of the records, then do it again: what was acknowledged is kept",
            );
        }
        Self::Fault { doing: "use the catalog".to_owned(), source: Box::new(source) }
    }
}

impl From<damask_store::StoreError> for Trouble {
    fn from(error: damask_store::StoreError) -> Self {
        use damask_store::{Refusal, StoreError};
        let code = match &error {
            StoreError::TooLarge { .. } => "too-large",
            StoreError::Full { .. } | StoreError::Bucket { why: Refusal::Full, .. } => "disk-full",
            StoreError::Source { .. } => "unreadable",
            StoreError::SourceChanged { .. } => "source-changed",
            StoreError::WrongOffset { .. } | StoreError::UploadSealed { .. } => "offset-conflict",
            StoreError::UploadBusy { .. } => "upload-busy",
            StoreError::NoSecond => "no-second-place",
            _ => return Self::Fault { doing: "use the store".to_owned(), source: Box::new(error) },
        };
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        let trouble = Self::mistake(code, format!("{error}{cause}"));
        match code {
            "disk-full" => trouble
                .hint("make room where the originals lie, then send the rest: what was acknowledged is kept"),
            _ => trouble,
        }
    }
}

impl From<damask_media::MediaError> for Trouble {
    fn from(source: damask_media::MediaError) -> Self {
        Self::Fault { doing: "decode behind the glass".to_owned(), source: Box::new(source) }
    }
}

impl From<damask_query::QueryError> for Trouble {
    fn from(error: damask_query::QueryError) -> Self {
        Self::Mistake(Box::new(Mistake {
            code: "bad-query",
            detail: error.message.clone(),
            hint: Some(format!("expected {}", error.expected)),
            at: Some(error.at),
            of: None,
        }))
    }
}
