//! Tables of record and the facts that tell them: every row of such a table names the last fact that touched it,
//! and that fact bears a digest of the row. So whoever changes a row behind Damask's back is found out.

mod keep;
mod said;
mod table;

pub(crate) use keep::Told;
pub(crate) use said::{Said, by_fact, said};
pub(crate) use table::*;
