//! Keys in the settings: in the environment, or in a file; a command line is seen by everyone on the machine.

use std::{fmt, path::Path};

use anyhow::Context;
use damask_flow::backup::SealKey;

/// A key in the environment. It is never printed.
#[derive(Clone)]
pub struct KeyText(String);

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl KeyText {
    /// What a variable says.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The key in it.
    pub fn check(&self) -> anyhow::Result<SealKey> {
        Ok(SealKey::new(&self.0)?)
    }
}

/// The key in a file.
pub fn read(file: &Path) -> anyhow::Result<SealKey> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the key in {}", file.display()))?;
    SealKey::new(&text).with_context(|| format!("{} holds no key", file.display()))
}
