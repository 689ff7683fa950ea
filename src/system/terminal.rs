//! The whole screen of a terminal, and its keys.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::sync::Mutex;
use std::{panic, thread};

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::stdout;

/// The other screen, without a cursor.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[2J";
/// The screen as it was.
const LEAVE: &str = "\x1b[0m\x1b[?25h\x1b[?1049l";

/// A key that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    Enter,
    Escape,
    Backspace,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    /// Control and C, or the end of the input.
    Interrupt,
    /// Control and Z.
    Suspend,
}

/// A terminal that is drawn on. When it is dropped, it is as it was before.
#[derive(Debug)]
pub struct Terminal {
    /// The terminal itself, and its settings before; absent where there is none that has keys.
    keys: Option<(File, Termios)>,
    drawn: Buffer,
    /// Whether it shows colours.
    colour: bool,
}

impl Terminal {
    /// Takes the screen of standard output over; with the keys that are pressed from now on.
    pub fn enter(colour: bool) -> io::Result<(Self, UnboundedReceiver<Key>)> {
        let (sender, receiver) = unbounded_channel();
        let keys = File::options().read(true).write(true).open("/dev/tty").ok().and_then(|terminal| {
            let before = tcgetattr(&terminal).ok()?;
            make_raw(&terminal, &before).ok()?;
            Some((terminal, before))
        });
        if let Some((terminal, before)) = &keys
            && let Ok(mut known) = BEFORE.lock()
        {
            *known = Some((terminal.try_clone()?, before.clone()));
            drop(known);
            restore_on_panic();
        }
        // From here on its end restores the settings.
        let terminal = Self { keys, drawn: Buffer::empty(Rect::ZERO), colour };
        if let Some((file, _)) = &terminal.keys {
            let mut input = file.try_clone()?;
            // It ends with the program, or with the terminal.
            thread::spawn(move || {
                let mut bytes = [0; 256];
                loop {
                    let keys = match input.read(&mut bytes) {
                        Ok(0) | Err(_) => vec![Key::Interrupt],
                        Ok(count) => read_keys(bytes.get(..count).unwrap_or_default()),
                    };
                    let is_end = keys.contains(&Key::Interrupt);
                    if keys.into_iter().any(|key| sender.send(key).is_err()) || is_end {
                        return;
                    }
                }
            });
        }
        stdout::write(ENTER.as_bytes())?;
        Ok((terminal, receiver))
    }

    /// Its columns and lines.
    pub fn area() -> Rect {
        match tcgetwinsize(rustix::stdio::stdout()) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Rect::new(0, 0, size.ws_col, size.ws_row),
            _ => Rect::new(0, 0, 80, 24),
        }
    }

    /// Gives the screen back, with its settings.
    pub fn leave(&self) {
        // Where nobody reads it there is nothing to restore.
        let _ = stdout::write(LEAVE.as_bytes());
        if let Some((terminal, before)) = &self.keys {
            let _ = tcsetattr(terminal, OptionalActions::Now, before);
        }
    }

    /// Takes the screen over again, which then shows nothing.
    pub fn retake(&mut self) -> io::Result<()> {
        if let Some((terminal, before)) = &self.keys {
            make_raw(terminal, before)?;
        }
        self.drawn = Buffer::empty(Rect::ZERO);
        stdout::write(ENTER.as_bytes())
    }

    /// Shows `buffer`; only what differs is written.
    pub fn draw(&mut self, buffer: Buffer) -> io::Result<()> {
        let mut text = String::new();
        if self.drawn.area != buffer.area {
            text.push_str("\x1b[0m\x1b[2J");
            self.drawn = Buffer::empty(buffer.area);
        }
        write_changes(&self.drawn, &buffer, self.colour, &mut text);
        if !text.is_empty() {
            stdout::write(text.as_bytes())?;
        }
        self.drawn = buffer;
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.leave();
    }
}

/// How the terminal was, for a panic: then nothing is dropped.
static BEFORE: Mutex<Option<(File, Termios)>> = Mutex::new(None);

/// Has a panic leave the terminal before its message is printed.
fn restore_on_panic() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        if let Some((terminal, before)) = BEFORE.try_lock().ok().and_then(|mut known| known.take()) {
            let _ = (&terminal).write_all(LEAVE.as_bytes());
            let _ = tcsetattr(&terminal, OptionalActions::Now, &before);
        }
        report(panicked);
    }));
}

/// Has each key reach the program at once, and as it is.
fn make_raw(terminal: &File, before: &Termios) -> io::Result<()> {
    let mut raw = before.clone();
    raw.make_raw();
    Ok(tcsetattr(terminal, OptionalActions::Now, &raw)?)
}

/// Writes what makes `after` of a screen that shows `before`.
fn write_changes(before: &Buffer, after: &Buffer, colour: bool, text: &mut String) {
    let mut next = None;
    let mut style = None;
    for (x, y, cell) in before.diff(after) {
        if next != Some((x, y)) {
            let _ = write!(text, "\x1b[{};{}H", y + 1, x + 1);
        }
        let wanted = (cell.fg, cell.modifier);
        if style != Some(wanted) {
            text.push_str("\x1b[0");
            for (modifier, code) in
                [(Modifier::BOLD, ";1"), (Modifier::DIM, ";2"), (Modifier::REVERSED, ";7")]
            {
                if cell.modifier.contains(modifier) {
                    text.push_str(code);
                }
            }
            text.push_str(match cell.fg {
                _ if !colour => "m",
                Color::Red => ";31m",
                Color::Green => ";32m",
                Color::Yellow => ";33m",
                Color::Cyan => ";36m",
                _ => "m",
            });
            style = Some(wanted);
        }
        text.push_str(cell.symbol());
        // A wide character moves the cursor further: then it is placed anew.
        next = (cell.symbol().len() == 1).then_some((x + 1, y));
    }
    if style.is_some() {
        text.push_str("\x1b[0m");
    }
}

/// The keys in what a terminal sent at once.
fn read_keys(bytes: &[u8]) -> Vec<Key> {
    let text = String::from_utf8_lossy(bytes);
    let mut keys = Vec::new();
    let mut rest = text.as_ref();
    while let Some(first) = rest.chars().next() {
        let sequence =
            SEQUENCES.iter().find_map(|(sequence, key)| Some((rest.strip_prefix(sequence)?, *key)));
        if let Some((after, key)) = sequence {
            keys.push(key);
            rest = after;
            continue;
        }
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
        keys.push(match first {
            '\r' | '\n' => Key::Enter,
            '\x7f' | '\x08' => Key::Backspace,
            '\x03' | '\x04' => Key::Interrupt,
            '\x1a' => Key::Suspend,
            '\x1b' => {
                // Another sequence, up to its final letter; alone it is the key.
                let Some(sequence) = rest.strip_prefix('[').or_else(|| rest.strip_prefix('O')) else {
                    keys.push(Key::Escape);
                    continue;
                };
                let end = sequence.find(|letter: char| letter.is_ascii_alphabetic() || letter == '~');
                rest = end.and_then(|end| sequence.get(end + 1..)).unwrap_or_default();
                continue;
            }
            first if first.is_control() => continue,
            first => Key::Char(first),
        });
    }
    keys
}

/// What terminals send for keys that are not characters.
const SEQUENCES: &[(&str, Key)] = &[
    ("\x1b[A", Key::Up),
    ("\x1bOA", Key::Up),
    ("\x1b[B", Key::Down),
    ("\x1bOB", Key::Down),
    ("\x1b[5~", Key::PageUp),
    ("\x1b[6~", Key::PageDown),
    ("\x1b[H", Key::Home),
    ("\x1bOH", Key::Home),
    ("\x1b[1~", Key::Home),
    ("\x1b[F", Key::End),
    ("\x1bOF", Key::End),
    ("\x1b[4~", Key::End),
];

#[cfg(test)]
mod tests {
    use ratatui_core::style::Style;

    use super::*;

    #[test]
    fn keys_are_distinguished_from_sequences() {
        let keys = read_keys("\x1b[A\x1bOBaß\x1b[6~\r\x7f\x1b[15~\x1b".as_bytes());
        let expected = [
            Key::Up,
            Key::Down,
            Key::Char('a'),
            Key::Char('ß'),
            Key::PageDown,
            Key::Enter,
            Key::Backspace,
            Key::Escape,
        ];
        assert_eq!(keys, expected);
        assert_eq!(read_keys(b"q\x03"), [Key::Char('q'), Key::Interrupt]);
    }

    #[test]
    fn only_what_differs_is_written() {
        let before = Buffer::with_lines(["one", "two"]);
        let mut after = before.clone();
        after.set_string(1, 1, "oo", Style::new().red().bold());
        let mut text = String::new();
        write_changes(&before, &after, true, &mut text);
        assert_eq!(text, "\x1b[2;2H\x1b[0;1;31moo\x1b[0m");
        let mut text = String::new();
        write_changes(&before, &after, false, &mut text);
        assert_eq!(text, "\x1b[2;2H\x1b[0;1moo\x1b[0m");
        let mut text = String::new();
        write_changes(&after, &after, true, &mut text);
        assert_eq!(text, "");
    }
}
