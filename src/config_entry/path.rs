//! Where a value belongs in an entry, in the form of Consul's messages: `Services[1].CAFile`, `Meta[owner]`.

use std::fmt;

/// A place in an entry, put into words only for a message.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'path> {
    /// The entry itself.
    Root,
    /// A field of an object.
    Member(&'path Path<'path>, &'path str),
    /// An item of a list.
    Item(&'path Path<'path>, usize),
    /// A pair of a map.
    Pair(&'path Path<'path>, &'path str),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Self::Root, name) => formatter.write_str(name),
            Self::Member(parent, name) => write!(formatter, "{parent}.{name}"),
            Self::Item(parent, index) => write!(formatter, "{parent}[{index}]"),
            Self::Pair(parent, key) => write!(formatter, "{parent}[{key}]"),
        }
    }
}
