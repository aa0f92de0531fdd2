//! The one limit on how much a read answers with: lists are paged by key, and no page is longer than this.

/// Most rows one read answers with. A larger limit is brought down to it.
pub const PAGE_MAX: u32 = 10_000;

/// A page limit as SQL takes it.
pub(crate) fn bounded(limit: u32) -> i64 {
    i64::from(limit.min(PAGE_MAX))
}

#[cfg(test)]
mod tests {
    use super::{PAGE_MAX, bounded};

    #[test]
    fn no_page_is_longer_than_the_limit() {
        assert_eq!(bounded(5), 5);
        assert_eq!(bounded(u32::MAX), i64::from(PAGE_MAX));
    }
}
