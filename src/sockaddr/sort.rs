//! `sort`: the order of a list.

use std::cmp::Ordering;

use super::interfaces::{Element, Interfaces};
use super::rfc;
use super::select::name;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    Address,
    Default,
    Name,
    Port,
    Private,
    Size,
    Type,
}

/// One sort key; keys are compared in turn until one differs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    property: Property,
    descending: bool,
}

impl Key {
    const fn ascending(property: Property) -> Self {
        Self { property, descending: false }
    }

    /// `default,type,size`: the order of `GetPrivateInterfaces` and `GetPublicInterfaces`.
    pub(super) const PREFERRED: [Self; 3] = [
        Self::ascending(Property::Default),
        Self::ascending(Property::Type),
        Self::ascending(Property::Size),
    ];

    /// `type,size`: the order of `GetInterfaceIP` and of the functions that return several addresses.
    pub(super) const BY_TYPE_AND_SIZE: [Self; 2] =
        [Self::ascending(Property::Type), Self::ascending(Property::Size)];

    /// Reads keys such as `default,-type, Size`.
    pub(super) fn parse_list(keys: &str) -> Result<Vec<Self>, String> {
        keys.split(',')
            .map(|written| {
                let word = written.trim().to_lowercase();
                let (descending, word) = match word.strip_prefix('-') {
                    Some(word) => (true, word),
                    None => (false, word.strip_prefix('+').unwrap_or(&word)),
                };
                let property = match word {
                    "address" => Property::Address,
                    "default" => Property::Default,
                    "name" => Property::Name,
                    "port" => Property::Port,
                    "private" => Property::Private,
                    "size" => Property::Size,
                    "type" => Property::Type,
                    _ => {
                        return Err(format!(
                            "unknown sort type: {written:?} (known: address, default, name, port, private, size, type)"
                        ));
                    }
                };
                Ok(Self { property, descending })
            })
            .collect()
    }

    fn compare(self, interfaces: &Interfaces, left: &Element, right: &Element) -> Ordering {
        let same_family = left.network.is_ipv4() == right.network.is_ipv4();
        let order = match self.property {
            Property::Address if same_family => left.network.bits().cmp(&right.network.bits()),
            Property::Size if same_family => left.network.prefix().cmp(&right.network.prefix()),
            // Every port is 0, and the families have no order between them.
            Property::Address | Property::Size | Property::Port => Ordering::Equal,
            Property::Name => name(interfaces, left).cmp(name(interfaces, right)),
            Property::Type => right.network.is_ipv4().cmp(&left.network.is_ipv4()),
            Property::Default => {
                let is_default =
                    |element| interfaces.default_interface.as_deref() == Some(name(interfaces, element));
                is_default(right).cmp(&is_default(left))
            }
            Property::Private => {
                let left_is_private = rfc::covers(rfc::PRIVATE, &left.network);
                // Between the families only the left one counts, so this is not a consistent order.
                let right_is_private = same_family && rfc::covers(rfc::PRIVATE, &right.network);
                if same_family || left_is_private {
                    right_is_private.cmp(&left_is_private)
                } else {
                    Ordering::Equal
                }
            }
        };
        if self.descending { order.reverse() } else { order }
    }
}

/// Sorts by the keys.
///
/// `address`, `size` and `private` do not order a mixture of IPv4 and IPv6 consistently, and Go's sort is not stable:
/// the result depends on the algorithm. This is the insertion sort that Go runs up to twelve elements, applied to
/// any number. The standard library's sorts must not be used: they may panic on such orders.
pub(super) fn sort(interfaces: &Interfaces, keys: &[Key], elements: &mut [Element]) {
    let less = |left: &Element, right: &Element| {
        let order = keys
            .iter()
            .map(|key| key.compare(interfaces, left, right))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal);
        order.is_lt()
    };
    for end in 1..elements.len() {
        let mut position = end;
        while position > 0 {
            let (before, after) = elements.split_at(position);
            match (before.last(), after.first()) {
                (Some(left), Some(right)) if less(right, left) => elements.swap(position, position - 1),
                _ => break,
            }
            position -= 1;
        }
    }
}
