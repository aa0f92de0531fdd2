//! People with accounts: who is signed in and what they may do.

use damask_flow::{
    caller::{Caller, Permissions},
    govern::{Account, people::Person, setup::NewAccount},
};
use damask_model::Uuid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::Text,
    problem::{Answer, Problem},
};

/// Who calls, in which library, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The person; null when a key or this machine calls.
    #[schema(required)]
    pub user: Option<UserView>,
    /// Name of the library.
    pub library: String,
    /// What the caller may do.
    pub can: Can,
}

/// A person with an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// Id.
    pub id: Uuid,
    /// What people call them.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// What a caller may do, apart from seeing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Can {
    /// Change field values.
    pub edit: bool,
    /// Bring in files.
    pub upload: bool,
    /// Take originals out.
    pub download: bool,
    /// Run the library.
    pub administer: bool,
}

/// A page of accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountList {
    /// The oldest first.
    pub items: Vec<AccountLine>,
    /// Give it as `after` to see the next page; null on the last.
    #[schema(required)]
    pub next: Option<Uuid>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountLine {
    /// Its id: the actor of its facts.
    id: Uuid,
    /// What they are called; null where it was erased.
    #[schema(required)]
    name: Option<String>,
    /// How they sign in; null where it was erased.
    #[schema(required)]
    email: Option<String>,
    /// Since when.
    #[schema(format = DateTime)]
    created: String,
}

impl From<Person> for AccountLine {
    fn from(person: Person) -> Self {
        let (name, email) = person.named.unzip();
        Self { id: person.id.0, name, email, created: person.created.to_string() }
    }
}

impl Me {
    /// A person who is signed in.
    pub fn of_account(account: Account, library: &str) -> Self {
        let user = UserView { id: account.id.0, name: account.name, email: account.email };
        Self { user: Some(user), library: library.to_owned(), can: account.permissions.into() }
    }

    /// A caller that is no person.
    pub fn of_caller(caller: &Caller, library: &str) -> Self {
        Self { user: None, library: library.to_owned(), can: caller.permissions.into() }
    }
}

impl From<Permissions> for Can {
    fn from(held: Permissions) -> Self {
        Self { edit: held.edit, upload: held.upload, download: held.download, administer: held.administer }
    }
}

/// Whether the library still needs its first administrator.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetupView {
    /// True until the first administrator is made.
    pub needed: bool,
}

/// The first administrator.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupRequest {
    /// The token of the one-time link that the server printed.
    #[schema(value_type = String, min_length = 1, max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f]*$")]
    pub token: Text<1, 200>,
    /// What people call them.
    #[schema(value_type = String, min_length = 1, max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f]*$")]
    pub name: Text<1, 200>,
    /// Their address, by which they sign in.
    #[schema(value_type = String, min_length = 3, max_length = 254, pattern = "^[^\\x00-\\x20\\x7f\\x85\\s@]+@[^\\x00-\\x20\\x7f\\x85\\s@]+$", example = "ada@example.org")]
    pub email: Text<3, 254>,
    /// At least 10 characters.
    #[schema(value_type = String, min_length = 10, max_length = 256, pattern = "^[^\\x00-\\x1f\\x7f]*$")]
    pub password: Text<10, 256>,
}

impl SetupRequest {
    /// The token and the account it is to make.
    pub fn read(self) -> Answer<(String, NewAccount)> {
        // Only the shape is checked; whether mail arrives there is another matter.
        let lawful = match self.email.0.split_once('@') {
            Some((user, host)) => {
                !user.is_empty() && !host.is_empty() && !host.contains('@') && !self.email.0.contains(' ')
            }
            None => false,
        };
        if !lawful {
            return Err(Problem::new("bad-value", "that is no address").hint("like ada@example.org"));
        }
        let account = NewAccount { name: self.name.0, email: self.email.0, password: self.password.0 };
        Ok((self.token.0, account))
    }
}

/// Signing in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// The address of the account.
    #[schema(value_type = String, min_length = 1, max_length = 254, pattern = "^[^\\x00-\\x1f\\x7f]*$", example = "ada@example.org")]
    pub email: Text<1, 254>,
    /// Its password.
    #[schema(value_type = String, min_length = 1, max_length = 256, pattern = "^[^\\x00-\\x1f\\x7f]*$")]
    pub password: Text<1, 256>,
}
