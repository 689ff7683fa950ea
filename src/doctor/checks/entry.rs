//! The gateway's config entry. Its reader, its traps and direct mode judge it.

use super::{Check, Need, found};
use crate::finding::Code;

pub(super) const CHECKS: &[Check] = &[
    found(Need::State, Code::NoEntry, "the gateway has a config entry", &[]),
    found(Need::Entry, Code::NoServices, "the entry links services", &[]),
    found(Need::Entry, Code::LinksItself, "the entry does not link the gateway itself", &[]),
    found(Need::Entry, Code::LinksConsul, "the entry does not link the Consul servers", &[]),
    found(Need::Entry, Code::PartialWildcard, "no name in the entry has a `*` among other characters", &[]),
    found(Need::Entry, Code::SameButForCase, "no two links differ only in case", &[Code::DuplicateService]),
    found(
        Need::Entry,
        Code::PaddedName,
        "names in the entry are what they look like",
        &[
            Code::CombiningCharacter,
            Code::ControlCharacter,
            Code::BlankValue,
            Code::TrailingLineEnd,
            Code::UnaddressableName,
        ],
    ),
    found(Need::Entry, Code::UnexpandedTemplate, "no template or variable is left in the entry", &[]),
    found(Need::Entry, Code::WildcardTlsNotInherited, "links beside `*` have TLS settings of their own", &[]),
    found(
        Need::Entry,
        Code::BadEntrySetting,
        "the settings of other entries are valid",
        &[Code::PermissiveMutualTls],
    ),
    found(Need::Entry, Code::EntryIgnored, "entries are named exactly as their services", &[]),
];
