//! Pages of lists: where the next one begins.

/// The place of the last item, after which the next page begins; `None` on the last page. A page that is not full
/// is the last.
pub fn next_after<T, P>(items: &[T], page: usize, place: impl FnOnce(&T) -> P) -> Option<P> {
    if items.len() < page { None } else { items.last().map(place) }
}

#[cfg(test)]
mod tests {
    use super::next_after;

    #[test]
    fn a_full_page_is_followed_by_another_and_a_page_that_is_not_is_the_last() {
        assert_eq!(next_after(&[3, 5], 2, |item| *item), Some(5));
        assert_eq!(next_after(&[3], 2, |item| *item), None);
        assert_eq!(next_after(&[0; 0], 2, |item| *item), None);
    }
}
