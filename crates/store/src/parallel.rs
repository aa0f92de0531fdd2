//! Waiting for the disk on several threads at once, so that syncs share journal commits and flushes.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

/// Threads that wait for the disk together.
pub(crate) const SYNC_THREADS_MAX: usize = 16;

/// Calls `work` on each item, up to `threads_max` at a time; answers in the order of the items.
pub(crate) fn each<T: Send, R: Send>(
    items: &mut [T],
    threads_max: usize,
    work: impl Fn(&mut T) -> R + Sync,
) -> Vec<R> {
    let threads = items.len().min(threads_max);
    if threads < 2 {
        return items.iter_mut().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<(&mut T, Option<R>)>> =
        items.iter_mut().map(|item| Mutex::new((item, None))).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut slot = slot.lock().expect("each slot is locked once");
                    let answer = work(slot.0);
                    slot.1 = Some(answer);
                }
            });
        }
    });
    slots
        .into_iter()
        .map(|slot| slot.into_inner().expect("a panic in a worker ends the scope").1)
        .map(|answer| answer.expect("every slot was worked on before the scope ended"))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn answers_come_in_the_order_of_the_items() {
        for count in [0, 1, 2, 100] {
            let mut items: Vec<usize> = (0..count).collect();
            let answers = super::each(&mut items, super::SYNC_THREADS_MAX, |item| *item * 2);
            assert_eq!(answers, (0..count).map(|item| item * 2).collect::<Vec<_>>());
        }
    }
}
