//! Writes lines to stderr from a separate thread: a reader that stops reading blocks nothing.
//!
//! A long-running command turns this on at its start; all others write directly.

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::{Level, Printer};

/// Lines that may wait, and how long they may be together, in bytes.
const MOST: (usize, usize) = (1_000, 1 << 20);

static WRITER: OnceLock<Arc<Writer>> = OnceLock::new();

/// What the writer's thread and everybody else share.
#[derive(Debug)]
struct Writer {
    queue: Mutex<Queue>,
    changed: Condvar,
    printer: Printer,
}

/// Lines on their way.
#[derive(Debug, Default)]
struct Queue {
    lines: VecDeque<String>,
    bytes: usize,
    /// Lines dropped since the last report of dropped lines.
    dropped: u64,
    all_dropped: u64,
    /// Whether a line was taken out and is not written yet.
    is_writing: bool,
    /// Whether lines are written by whoever has one, again.
    is_off: bool,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Line(String),
    Dropped(u64),
}

impl Queue {
    /// Takes a line in, or counts it. Once one was dropped, all are until that has been said: no line comes out of order.
    fn push(&mut self, line: String) {
        if self.dropped > 0 || self.lines.len() >= MOST.0 || self.bytes + line.len() > MOST.1 {
            self.dropped += 1;
            self.all_dropped += 1;
        } else {
            self.bytes += line.len();
            self.lines.push_back(line);
        }
    }

    fn pop(&mut self) -> Option<Next> {
        if let Some(line) = self.lines.pop_front() {
            self.bytes -= line.len();
            return Some(Next::Line(line));
        }
        let dropped = std::mem::take(&mut self.dropped);
        (dropped > 0).then_some(Next::Dropped(dropped))
    }

    fn is_at_rest(&self) -> bool {
        self.lines.is_empty() && self.dropped == 0 && !self.is_writing
    }
}

impl Writer {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut queue = self.lock();
        loop {
            queue.is_writing = false;
            let Some(next) = queue.pop() else {
                self.changed.notify_all();
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            queue.is_writing = true;
            drop(queue);
            let line = match next {
                Next::Line(line) => line,
                Next::Dropped(count) => self.printer.formatted(
                    Level::Warning,
                    &format!("{count} log lines were dropped: they were not read fast enough"),
                    [("dropped", count.into())],
                ),
            };
            // An unread log does not stop the program.
            let _ = writeln!(io::stderr().lock(), "{line}");
            queue = self.lock();
        }
    }
}

/// From now on a thread writes what goes to stderr; without one, everybody goes on doing so.
pub fn start(printer: Printer) {
    let writer = Arc::new(Writer { queue: Mutex::default(), changed: Condvar::new(), printer });
    let for_thread = Arc::clone(&writer);
    let thread = std::thread::Builder::new().name("log".to_owned()).stack_size(128 << 10);
    if thread.spawn(move || for_thread.run()).is_ok() {
        // A second start changes nothing: the thread of this one has nothing to do.
        let _ = WRITER.set(writer);
    }
}

/// Queues a line for the writer. Returns it if the writer does not run.
pub(super) fn push(line: String) -> Result<(), String> {
    let Some(writer) = WRITER.get() else { return Err(line) };
    let mut queue = writer.lock();
    if queue.is_off {
        return Err(line);
    }
    queue.push(line);
    writer.changed.notify_all();
    Ok(())
}

/// Waits until all lines are written, so long at most.
pub fn flush(limit: Duration) {
    let Some(writer) = WRITER.get() else { return };
    let end = Instant::now() + limit;
    let mut queue = writer.lock();
    while !queue.is_at_rest() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        let waited = writer.changed.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner);
        queue = waited.0;
    }
}

/// The same, and from then on everybody writes lines again: the thread ends with this program, which another one replaces.
pub fn stop(limit: Duration) {
    flush(limit);
    if let Some(writer) = WRITER.get() {
        writer.lock().is_off = true;
    }
}

/// How many lines were dropped.
pub fn dropped() -> u64 {
    WRITER.get().map_or(0, |writer| writer.lock().all_dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_lines_are_counted_and_reported_in_their_place() {
        let mut queue = Queue::default();
        for number in 0..MOST.0 + 3 {
            queue.push(number.to_string());
        }
        assert_eq!((queue.dropped, queue.all_dropped), (3, 3));
        assert_eq!(queue.pop(), Some(Next::Line("0".into())));
        // There is room, but a line now would come before what is said of the lost ones.
        queue.push("late".into());
        for number in 1..MOST.0 {
            assert_eq!(queue.pop(), Some(Next::Line(number.to_string())));
        }
        assert_eq!(queue.pop(), Some(Next::Dropped(4)));
        queue.push("again".into());
        assert_eq!(queue.pop(), Some(Next::Line("again".into())));
        assert_eq!(queue.pop(), None);
        assert!(queue.is_at_rest());
        assert_eq!((queue.bytes, queue.all_dropped), (0, 4));
    }

    #[test]
    fn long_lines_fill_the_queue_as_well() {
        let mut queue = Queue::default();
        queue.push("x".repeat(MOST.1));
        queue.push("y".into());
        assert_eq!((queue.lines.len(), queue.dropped), (1, 1));
    }
}
