//! Who asks. Every function of `flow` that reads or changes anything takes a caller; every search takes
//! the caller's scope. A face makes a caller from a session or a key and can do nothing without one.

use std::sync::Arc;

use damask_model::ActorId;
use damask_query::Scope;
use serde::{Deserialize, Serialize};

use crate::trouble::{Outcome, Trouble};

/// What a caller may do, apart from what it may see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// Change field values.
    pub edit: bool,
    /// Bring in files.
    pub upload: bool,
    /// Take originals out.
    pub download: bool,
    /// Run the library: people, keys, jobs of others.
    pub administer: bool,
}

impl Permissions {
    /// Everything.
    pub const ALL: Self = Self { edit: true, upload: true, download: true, administer: true };

    /// What both allow.
    pub const fn both(self, other: Self) -> Self {
        Self {
            edit: self.edit && other.edit,
            upload: self.upload && other.upload,
            download: self.download && other.download,
            administer: self.administer && other.administer,
        }
    }
}

/// One permission, to be asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Change field values.
    Edit,
    /// Bring in files.
    Upload,
    /// Take originals out.
    Download,
    /// Run the library.
    Administer,
}

impl Permission {
    const fn name(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Upload => "upload",
            Self::Download => "download",
            Self::Administer => "administer",
        }
    }
}

/// Who asks, what they may do and which assets exist for them.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The id under which facts name them.
    pub actor: ActorId,
    /// What people call them.
    pub name: Arc<str>,
    /// What they may do.
    pub permissions: Permissions,
    /// Which assets exist for them.
    pub scope: Scope,
}

impl Caller {
    /// Damask itself, for work that no person asked for. Its actor is the nil id.
    pub fn damask() -> Self {
        Self {
            actor: ActorId(damask_model::Uuid::nil()),
            name: Arc::from("Damask"),
            permissions: Permissions::ALL,
            scope: Scope::everything(),
        }
    }

    /// Whether every asset exists for them. Only they are told what concerns the whole library.
    pub fn sees_all(&self) -> bool {
        self.scope == Scope::everything()
    }

    /// Whoever runs commands on this machine as the owner of the data folder.
    pub fn local() -> Self {
        Self { actor: ActorId(damask_model::Uuid::from_u128(1)), name: Arc::from("local"), ..Self::damask() }
    }

    /// Refuses, in words, a caller without `permission`.
    pub fn needs(&self, permission: Permission, act: &'static str) -> Outcome<()> {
        let held = match permission {
            Permission::Edit => self.permissions.edit,
            Permission::Upload => self.permissions.upload,
            Permission::Download => self.permissions.download,
            Permission::Administer => self.permissions.administer,
        };
        if held { Ok(()) } else { Err(Trouble::Refused { act, permission: permission.name() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Caller, Permission, Permissions};

    #[test]
    fn a_caller_without_the_permission_is_refused_in_words() {
        let caller = Caller { permissions: Permissions::default(), ..Caller::local() };
        let refusal = caller.needs(Permission::Download, "downloading an original").expect_err("refused");
        assert_eq!(refusal.to_string(), "downloading an original needs the permission to download");
        assert!(Caller::local().needs(Permission::Download, "downloading").is_ok());
    }

    #[test]
    fn two_sets_of_permissions_allow_what_both_do() {
        let reader = Permissions { download: true, ..Permissions::default() };
        assert_eq!(Permissions::ALL.both(reader), reader);
    }
}
