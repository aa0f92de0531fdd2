//! How much a library may hold. Asked before bytes are sent, by the length that is declared, and again in the write that
//! makes a file of them: between the two others may have come. Bytes that the library has already take no room again,
//! but that is known only once they are here. What lies in the trash counts until it is purged; what waits in
//! quarantine does not yet.

use damask_catalog::{Tx, files, journal};
use damask_store::Received;

use crate::{
    caller::Caller,
    damask::Damask,
    trouble::{Outcome, Trouble},
};

/// The code of the refusal.
const OVER_QUOTA: &str = "over-quota";

/// Refuses so many bytes more where they do not fit.
pub(super) async fn check(damask: &Damask, caller: &Caller, asked_bytes: u64) -> Outcome<()> {
    let Some(quota_bytes) = damask.limits().quota_bytes else { return Ok(()) };
    let held = {
        let mut conn = damask.catalog().read().await?;
        journal::tally(&mut conn).await?.bytes
    };
    fits(caller, quota_bytes, held, asked_bytes)
}

/// The same within the write that is to make a file of bytes that have landed, with what others of its transaction add.
pub(super) async fn check_landed(
    damask: &Damask,
    caller: &Caller,
    tx: &mut Tx,
    landed: Received,
) -> Outcome<()> {
    let Some(quota_bytes) = damask.limits().quota_bytes else { return Ok(()) };
    let held = journal::tally_within(tx).await?.bytes;
    match fits(caller, quota_bytes, held, landed.bytes) {
        Err(over) if files::by_hash(tx.conn(), landed.hash).await?.is_none() => Err(over),
        _ => Ok(()),
    }
}

/// Whether a refusal is that of the quota.
pub(super) fn is_over(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Mistake(mistake) if mistake.code == OVER_QUOTA)
}

fn fits(caller: &Caller, quota_bytes: u64, held_bytes: i64, asked_bytes: u64) -> Outcome<()> {
    let held_bytes = u64::try_from(held_bytes).unwrap_or(0);
    if held_bytes.saturating_add(asked_bytes) <= quota_bytes {
        return Ok(());
    }
    let [quota, held, asked] = [quota_bytes, held_bytes, asked_bytes].map(told);
    // Who sees only some of the library is told no figure of the whole.
    let detail = if caller.sees_all() {
        format!(
            "the library may hold {quota} and holds {held}, with what lies in the trash: {asked} more do not fit"
        )
    } else {
        format!("the library has no room for {asked} more")
    };
    Err(Trouble::mistake("over-quota", detail)
        .hint("empty the trash, or ask whoever runs the server for a larger quota (quota_bytes)"))
}

/// Bytes for people: exact where they are few, else three figures.
fn told(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1_000 {
        return format!("{bytes} bytes");
    }
    let (mut tenths, mut unit) = (bytes / 100, 0);
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1_000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn bytes_are_told_as_people_say_them() {
        let check = |bytes, expected: &str| assert_eq!(told(bytes), expected);
        check(999, "999 bytes");
        check(1_000, "1.0 kB");
        check(999_999, "999.9 kB");
        check(1_000_000, "1.0 MB");
        check(12_345_678_901, "12.3 GB");
        check(u64::MAX, "18.4 EB");
    }
}
