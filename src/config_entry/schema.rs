//! How the fields of a configuration entry are described: names, aliases, types, and the versions that know them.
//!
//! The tables themselves are in `kinds`.

use crate::consul_version::{ConsulVersion, Release};

/// The type of a field.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// A text; numbers and booleans are turned into one.
    String,
    /// `true` or `false`; numbers and a few texts are turned into one.
    Bool,
    /// A signed 64-bit integer.
    Int,
    /// An unsigned integer of so many bits.
    Uint(u32),
    /// A 64-bit float.
    Float,
    /// A 32-bit float.
    Float32,
    /// Nanoseconds, given as a number or as a text such as `15s`, sent as a number.
    Duration,
    /// A [`Type::Duration`] that is sent as a text.
    DurationText,
    /// Anything; blocks of one are taken for objects.
    Any,
    /// Any object, sent with its keys sorted.
    Map(&'static Type),
    /// A list; a single value is taken for a list of one.
    List(&'static Type),
    /// An object with known fields.
    Struct(&'static Struct),
    /// A value that may be absent, and is sent whenever it was given.
    Optional(&'static Type),
}

/// An object with known fields, in the order they are sent.
#[derive(Debug)]
pub struct Struct {
    /// The fields.
    pub fields: &'static [Field],
}

/// One field.
#[derive(Debug)]
pub struct Field {
    /// Its name, as sent.
    pub name: &'static str,
    /// Another spelling, in lower case; not the name itself.
    pub alias: Option<&'static str>,
    /// Its type.
    pub kind: Type,
    /// Whether it is sent even if empty.
    pub always_sent: bool,
    /// The release of Consul that introduced it.
    pub since: Release,
}

impl Struct {
    /// The fields a Consul version knows.
    pub fn fields(&self, version: &ConsulVersion) -> impl Iterator<Item = &'static Field> + use<> {
        let version = version.clone();
        self.fields.iter().filter(move |field| version.at_least(field.since))
    }
}

/// A field that is left out if empty.
pub(super) const fn field(name: &'static str, kind: Type) -> Field {
    Field { name, alias: None, kind, always_sent: false, since: Release(0, 0, 0) }
}

impl Field {
    /// Gives it another spelling.
    pub(super) const fn alias(self, alias: &'static str) -> Self {
        Self { alias: Some(alias), ..self }
    }

    /// Has it sent even if empty.
    pub(super) const fn always(self) -> Self {
        Self { always_sent: true, ..self }
    }

    /// Names the release that introduced it.
    pub(super) const fn since(self, first: Release) -> Self {
        Self { since: first, ..self }
    }
}

/// A kind of configuration entry.
#[derive(Debug)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// The release of Consul that introduced it.
    pub since: Release,
    /// Its fields.
    pub fields: &'static Struct,
    /// The name it is stored under (from Consul 1.10 on), where there is only one entry of the kind.
    pub fixed_name: Option<&'static str>,
}
