//! RE2's grammar and limits, as Envoy has them: it reads expressions byte by byte (Latin-1).
//!
//! The grammar is that of RE2's `parse.cc`. The size of a program is counted as its `compile.cc` does, without the prefixes
//! that alternatives share, so never too low by more than a few instructions.

use super::bytes::{ByteSet, perl_class, posix_class, unicode_class};
use crate::go::regexp;

/// RE2's limit on the numbers in `{n,m}`, and on the product of those that are nested.
const MAX_REPETITION: u64 = 1000;

/// The largest program, in instructions: Envoy 1.40 compiles 698,992 and not 699,050.
const MAX_PROGRAM: u64 = 698_900;

/// Numbers from here on make a brace stand for itself.
const MAX_NUMBER: u64 = 100_000_000;

/// Why RE2 does not take an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not RE2's syntax.
    Syntax,
    /// A repetition is above the limit, by itself or multiplied with those around it.
    Repetition,
    /// Its program would need too much memory.
    Size,
}

impl Refusal {
    /// What is wrong, as the end of a sentence that starts with the expression.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Syntax => "is not RE2 syntax",
            Self::Repetition => "repeats more than 1,000 times in total",
            Self::Size => "is too large once its repetitions are written out",
        }
    }
}

/// Fails if RE2 does not take `expression`.
pub fn check(expression: &str) -> Result<(), Refusal> {
    let whole = Parser::new(expression.as_bytes()).parse()?;
    if whole.size > MAX_PROGRAM { Err(Refusal::Size) } else { Ok(()) }
}

/// What counts of a part of an expression.
#[derive(Debug, Clone, Default)]
struct Part {
    /// Instructions.
    size: u64,
    /// The largest product of nested repetitions.
    repeats: u64,
    /// Whether it matches nothing at all, among others.
    is_nullable: bool,
    /// The bytes, of a part that matches one byte.
    bytes: Option<ByteSet>,
}

impl Part {
    const fn empty() -> Self {
        Self { size: 1, repeats: 1, is_nullable: true, bytes: None }
    }

    fn of(bytes: ByteSet) -> Self {
        Self { size: bytes.instructions(), repeats: 1, is_nullable: false, bytes: Some(bytes) }
    }
}

/// One group that is being read.
#[derive(Debug, Default)]
struct Group {
    flags_before: Flags,
    captures: bool,
    /// The alternatives before the one that is being read.
    alternatives: Option<Part>,
    /// The parts before the last one.
    sequence: Option<Part>,
    /// The part that an operator would repeat.
    last: Option<Part>,
}

impl Group {
    fn push(&mut self, part: Part) {
        if let Some(before) = self.last.replace(part) {
            self.sequence = Some(match self.sequence.take() {
                None => Part { bytes: None, ..before },
                Some(sequence) => Part {
                    size: sequence.size.saturating_add(before.size),
                    repeats: sequence.repeats.max(before.repeats),
                    is_nullable: sequence.is_nullable && before.is_nullable,
                    bytes: None,
                },
            });
        }
    }

    /// Ends an alternative.
    fn end_alternative(&mut self) {
        let part = if self.sequence.is_some() {
            self.push(Part::empty());
            self.last = None;
            self.sequence.take()
        } else {
            self.last.take()
        };
        let part = part.unwrap_or_else(Part::empty);
        self.alternatives = Some(match self.alternatives.take() {
            None => part,
            // RE2 makes one class of them.
            Some(Part { bytes: Some(before), .. }) if part.bytes.is_some() => {
                Part::of(before.union(part.bytes.unwrap_or_default()))
            }
            Some(before) => Part {
                size: before.size.saturating_add(part.size).saturating_add(1),
                repeats: before.repeats.max(part.repeats),
                is_nullable: before.is_nullable || part.is_nullable,
                bytes: None,
            },
        });
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    folds_case: bool,
    dot_is_any: bool,
}

struct Parser<'a> {
    rest: &'a [u8],
    flags: Flags,
    groups: Vec<Group>,
    group: Group,
    /// Whether what was just read is an operator of repetition.
    was_repeated: bool,
}

impl<'a> Parser<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Self {
            rest,
            flags: Flags::default(),
            groups: Vec::new(),
            group: Group::default(),
            was_repeated: false,
        }
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn take(&mut self, text: &[u8]) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn parse(mut self) -> Result<Part, Refusal> {
        while let Some(byte) = self.next() {
            let was_repeated = std::mem::take(&mut self.was_repeated);
            match byte {
                b'(' if self.take(b"?") => self.special_group()?,
                b'(' => self.open(true),
                b'|' => self.group.end_alternative(),
                b')' => self.close()?,
                b'^' | b'$' => self.group.push(Part { size: 1, ..Part::empty() }),
                b'.' if self.flags.dot_is_any => self.group.push(Part::of(ByteSet::ALL)),
                b'.' => self.group.push(Part::of(ByteSet::of(b'\n').negated())),
                b'[' => self.class()?,
                b'*' => self.repeat(0, None, was_repeated)?,
                b'+' => self.repeat(1, None, was_repeated)?,
                b'?' => self.repeat(0, Some(1), was_repeated)?,
                b'{' => match repetition(self.rest) {
                    Some((least, most, rest)) => {
                        self.rest = rest;
                        self.repeat_times(least, most, was_repeated)?;
                    }
                    None => self.literal(b'{'),
                },
                b'\\' => self.escape()?,
                other => self.literal(other),
            }
        }
        if !self.groups.is_empty() {
            return Err(Refusal::Syntax);
        }
        self.group.end_alternative();
        Ok(self.group.alternatives.take().unwrap_or_else(Part::empty))
    }

    fn literal(&mut self, byte: u8) {
        let bytes = ByteSet::of(byte);
        self.group.push(Part::of(if self.flags.folds_case { bytes.folded() } else { bytes }));
    }

    fn open(&mut self, captures: bool) {
        let inner = Group { flags_before: self.flags, captures, ..Group::default() };
        self.groups.push(std::mem::replace(&mut self.group, inner));
    }

    fn close(&mut self) -> Result<(), Refusal> {
        let outer = self.groups.pop().ok_or(Refusal::Syntax)?;
        let mut inner = std::mem::replace(&mut self.group, outer);
        inner.end_alternative();
        self.flags = inner.flags_before;
        let mut part = inner.alternatives.unwrap_or_else(Part::empty);
        if inner.captures {
            part = Part { size: part.size.saturating_add(2), bytes: None, ..part };
        }
        self.group.push(part);
        Ok(())
    }

    /// `(?:`, `(?i)`, `(?P<name>`: what follows `(?`.
    fn special_group(&mut self) -> Result<(), Refusal> {
        if self.take(b"P<") || self.take(b"<") {
            let end = self.rest.iter().position(|byte| *byte == b'>').ok_or(Refusal::Syntax)?;
            let (name, rest) = self.rest.split_at(end);
            if name.is_empty() || !name.iter().all(|byte| is_name(*byte)) {
                return Err(Refusal::Syntax);
            }
            self.rest = rest.get(1..).unwrap_or_default();
            self.open(true);
            return Ok(());
        }
        let (mut flags, mut is_off, mut has_flag) = (self.flags, false, false);
        loop {
            match self.next() {
                Some(b'i') => flags.folds_case = !is_off,
                Some(b's') => flags.dot_is_any = !is_off,
                Some(b'm' | b'U') => {}
                Some(b'-') if !is_off => {
                    (is_off, has_flag) = (true, false);
                    continue;
                }
                Some(end @ (b':' | b')')) if !is_off || has_flag => {
                    if end == b':' {
                        self.open(false);
                    }
                    self.flags = flags;
                    return Ok(());
                }
                _ => return Err(Refusal::Syntax),
            }
            has_flag = true;
        }
    }

    /// `{least,most}` with numbers.
    fn repeat_times(&mut self, least: u64, most: Option<u64>, was_repeated: bool) -> Result<(), Refusal> {
        if least > MAX_REPETITION || most.is_some_and(|most| most > MAX_REPETITION || most < least) {
            return Err(Refusal::Repetition);
        }
        self.repeat(least, most, was_repeated)
    }

    fn repeat(&mut self, least: u64, most: Option<u64>, was_repeated: bool) -> Result<(), Refusal> {
        self.take(b"?");
        if was_repeated {
            return Err(Refusal::Syntax);
        }
        self.was_repeated = true;
        let part = self.group.last.take().ok_or(Refusal::Syntax)?;
        let times = most.unwrap_or(least);
        // A part that is never there counts as once.
        let repeats = part.repeats.saturating_mul(times.max(1));
        if repeats > MAX_REPETITION {
            return Err(Refusal::Repetition);
        }
        let again = if part.is_nullable { 2 } else { 1 };
        let size = match most {
            Some(0) => 1,
            Some(most) => part.size.saturating_mul(most).saturating_add(most - least),
            None => part.size.saturating_mul(least.max(1)).saturating_add(again),
        };
        let bytes = part.bytes.filter(|_| (least, most) == (1, Some(1)));
        let is_nullable = part.is_nullable || least == 0;
        self.group.last = Some(Part { size, repeats, is_nullable, bytes });
        Ok(())
    }

    /// What follows a backslash outside of a class.
    fn escape(&mut self) -> Result<(), Refusal> {
        match self.rest.first() {
            Some(b'b' | b'B' | b'A' | b'z') => {
                self.next();
                self.group.push(Part::empty());
            }
            Some(b'C') => {
                self.next();
                self.group.push(Part::of(ByteSet::ALL));
            }
            Some(b'Q') => {
                self.next();
                while !self.rest.is_empty() && !self.take(b"\\E") {
                    if let Some(byte) = self.next() {
                        self.literal(byte);
                    }
                }
            }
            _ => {
                if let Some(bytes) = self.named_class()? {
                    self.group.push(Part::of(bytes));
                } else {
                    let byte = self.escaped()?;
                    self.literal(byte);
                }
            }
        }
        Ok(())
    }

    /// `\d` or `\pL`, behind the backslash.
    fn named_class(&mut self) -> Result<Option<ByteSet>, Refusal> {
        let Some(first @ (b'd' | b'D' | b's' | b'S' | b'w' | b'W' | b'p' | b'P')) =
            self.rest.first().copied()
        else {
            return Ok(None);
        };
        self.next();
        if let Some(class) = perl_class(first.to_ascii_lowercase()) {
            return Ok(Some(if first.is_ascii_uppercase() { class.negated() } else { class }));
        }
        let name = if self.take(b"{") {
            let end = self.rest.iter().position(|byte| *byte == b'}').ok_or(Refusal::Syntax)?;
            let (name, rest) = self.rest.split_at(end);
            self.rest = rest.get(1..).unwrap_or_default();
            name
        } else {
            let (name, rest) = self.rest.split_at_checked(1).ok_or(Refusal::Syntax)?;
            self.rest = rest;
            name
        };
        let (name, is_not) = name.strip_prefix(b"^").map_or((name, false), |name| (name, true));
        let class = unicode_class(name).ok_or(Refusal::Syntax)?;
        let class = if self.flags.folds_case { class.folded() } else { class };
        Ok(Some(if (first == b'P') == is_not { class } else { class.negated() }))
    }

    /// One byte, behind the backslash.
    fn escaped(&mut self) -> Result<u8, Refusal> {
        let first = self.next().ok_or(Refusal::Syntax)?;
        let octal = |byte: Option<&u8>| byte.copied().filter(|byte| matches!(byte, b'0'..=b'7'));
        match first {
            b'0'..=b'7' => {
                // A single digit other than zero would refer to a group.
                if first != b'0' && octal(self.rest.first()).is_none() {
                    return Err(Refusal::Syntax);
                }
                let mut code = u32::from(first - b'0');
                for _ in 0..2 {
                    let Some(digit) = octal(self.rest.first()) else { break };
                    self.next();
                    code = code * 8 + u32::from(digit - b'0');
                }
                u8::try_from(code).map_err(|_| Refusal::Syntax)
            }
            b'x' => self.hexadecimal(),
            b'n' => Ok(b'\n'),
            b'r' => Ok(b'\r'),
            b't' => Ok(b'\t'),
            b'a' => Ok(0x07),
            b'f' => Ok(0x0c),
            b'v' => Ok(0x0b),
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => Ok(other),
            _ => Err(Refusal::Syntax),
        }
    }

    /// `61` or `{61}`, behind `\x`.
    fn hexadecimal(&mut self) -> Result<u8, Refusal> {
        let digits = if self.take(b"{") {
            let end = self.rest.iter().position(|byte| *byte == b'}').ok_or(Refusal::Syntax)?;
            let (digits, rest) = self.rest.split_at(end);
            self.rest = rest.get(1..).unwrap_or_default();
            digits
        } else {
            let (digits, rest) = self.rest.split_at_checked(2).ok_or(Refusal::Syntax)?;
            self.rest = rest;
            digits
        };
        let mut code: u32 = 0;
        for digit in digits {
            let digit = char::from(*digit).to_digit(16).ok_or(Refusal::Syntax)?;
            code = code.saturating_mul(16).saturating_add(digit);
        }
        let code = u8::try_from(code).map_err(|_| Refusal::Syntax)?;
        if digits.is_empty() { Err(Refusal::Syntax) } else { Ok(code) }
    }

    /// A class in brackets, behind the first.
    fn class(&mut self) -> Result<(), Refusal> {
        let is_negated = self.take(b"^");
        let mut bytes = ByteSet::default();
        let mut is_first = true;
        loop {
            if !std::mem::take(&mut is_first) && self.take(b"]") {
                break;
            }
            if let Some(named) = self.class_in_class()? {
                bytes = bytes.union(named);
                continue;
            }
            let low = self.class_byte()?;
            let high = match self.rest {
                [b'-', next, ..] if *next != b']' => {
                    self.next();
                    self.class_byte()?
                }
                _ => low,
            };
            if high < low {
                return Err(Refusal::Syntax);
            }
            let range = ByteSet::range(low, high);
            bytes = bytes.union(if self.flags.folds_case { range.folded() } else { range });
        }
        self.group.push(Part::of(if is_negated { bytes.negated() } else { bytes }));
        Ok(())
    }

    /// `[:alpha:]`, `\d` or `\pL` in a class.
    fn class_in_class(&mut self) -> Result<Option<ByteSet>, Refusal> {
        if let Some(rest) = self.rest.strip_prefix(b"[:") {
            let Some(end) = rest.windows(2).position(|pair| pair == b":]") else { return Ok(None) };
            let (name, rest) = rest.split_at(end);
            self.rest = rest.get(2..).unwrap_or_default();
            let (name, is_not) = name.strip_prefix(b"^").map_or((name, false), |name| (name, true));
            let class = posix_class(name).ok_or(Refusal::Syntax)?;
            let class = if self.flags.folds_case { class.folded() } else { class };
            return Ok(Some(if is_not { class.negated() } else { class }));
        }
        let Some(rest) = self.rest.strip_prefix(b"\\") else { return Ok(None) };
        let before = std::mem::replace(&mut self.rest, rest);
        let class = self.named_class()?;
        if class.is_none() {
            self.rest = before;
        }
        Ok(class)
    }

    fn class_byte(&mut self) -> Result<u8, Refusal> {
        match self.next().ok_or(Refusal::Syntax)? {
            b'\\' => self.escaped(),
            other => Ok(other),
        }
    }
}

/// Whether RE2 takes it in the name of a group: a letter, a digit or `_`, of Latin-1.
const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | 0xaa | 0xb5 | 0xba | 0xc0..=0xd6 | 0xd8..=0xf6 | 0xf8..=0xff)
}

/// The numbers of `2,5}…` and what follows; nothing where the brace stands for itself.
fn repetition(rest: &[u8]) -> Option<(u64, Option<u64>, &[u8])> {
    let (least, most, length) = regexp::repetition(rest)?;
    // RE2 stops one digit later.
    let is_small = |number: u64| number / 10 < MAX_NUMBER;
    (is_small(least) && most.is_none_or(is_small))
        .then(|| (least, most, rest.get(length..).unwrap_or_default()))
}
