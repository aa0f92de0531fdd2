//! API keys as they are asked for and told of. A secret leaves once, in the answer that makes the key.

use damask_flow::{
    caller::Permissions,
    govern::keys::{KeyView, NewKey},
};
use damask_model::Uuid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::{Text, Within};

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyScope {
    /// See assets.
    Read,
    /// Bring in files and change values.
    Write,
    /// Take originals out.
    Download,
    /// Run the library.
    Admin,
}

/// All keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyList {
    /// The newest first.
    pub items: Vec<KeyLine>,
}

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Key)]
pub struct KeyLine {
    id: Uuid,
    name: String,
    /// What it may do.
    scopes: Vec<KeyScope>,
    #[schema(format = DateTime)]
    created: String,
    /// When it ends; null when it does not.
    #[schema(required, format = DateTime)]
    expires: Option<String>,
    /// Only assets that this query finds exist for it; null for all that its maker may see.
    #[schema(required)]
    query: Option<String>,
    /// When it was last used; null when it never was.
    #[schema(required, format = DateTime)]
    last_used: Option<String>,
}

impl From<KeyView> for KeyLine {
    fn from(key: KeyView) -> Self {
        Self {
            id: key.id.0,
            name: key.name,
            scopes: scopes(key.permissions),
            created: key.created.to_string(),
            expires: key.expires.map(|at| at.to_string()),
            query: key.query,
            last_used: key.last_used.map(|at| at.to_string()),
        }
    }
}

fn scopes(held: Permissions) -> Vec<KeyScope> {
    let mut scopes = vec![KeyScope::Read];
    if held.edit || held.upload {
        scopes.push(KeyScope::Write);
    }
    if held.download {
        scopes.push(KeyScope::Download);
    }
    if held.administer {
        scopes.push(KeyScope::Admin);
    }
    scopes
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRequest {
    /// What people call it.
    #[schema(value_type = String, min_length = 1, max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f]*$", example = "website")]
    pub name: Text<1, 200>,
    /// What it may do; every key may read.
    #[schema(max_items = 4)]
    pub scopes: Vec<KeyScope>,
    /// Days until it ends; null for a key that does not end.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 3650)]
    pub expires_in_days: Option<Within<1, 3650>>,
    /// A query: only assets it finds exist for the key. Null for all that its maker may see.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 4096, pattern = "^[^\\x00-\\x1f\\x7f]*$")]
    pub query: Option<Text<0, 4096>>,
}

impl From<KeyRequest> for NewKey {
    fn from(request: KeyRequest) -> Self {
        let has = |scope| request.scopes.contains(&scope);
        Self {
            permissions: Permissions {
                edit: has(KeyScope::Write),
                upload: has(KeyScope::Write),
                download: has(KeyScope::Download),
                administer: has(KeyScope::Admin),
            },
            name: request.name.0,
            expires_in_days: request.expires_in_days.map(|days| days.0 as u32),
            query: request.query.map(|query| query.0).filter(|query| !query.trim().is_empty()),
        }
    }
}

/// A key that was just made: the only time its secret is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyMade {
    /// The key.
    pub key: KeyLine,
    /// Its secret, to be sent as a bearer token.
    #[schema(example = "dmk_…")]
    pub secret: String,
}
