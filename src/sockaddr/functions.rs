//! The functions that address templates call, and how lists of addresses travel through a template.

use std::sync::Arc;

use crate::gotemplate::{self, Function, Parameter, Parameters, TemplateError, Value};

use super::attribute::{attribute, octets, type_word};
use super::interfaces::{Element, Interfaces};
use super::math;
use super::network::Network;
use super::rfc;
use super::select::{Split, is_forwardable, is_up, name, select};
use super::sort::{Key, sort};

/// Go's name of a list's type.
const LIST: &str = "sockaddr.IfAddrs";
const NONE: Parameters = Parameters::Exactly(&[]);
const PATTERN: Parameters = Parameters::Exactly(&[Parameter::Text]);
const SELECTION: Parameters = Parameters::Exactly(&[Parameter::Text, Parameter::Text, Parameter::List(LIST)]);
const KEYED: Parameters = Parameters::Exactly(&[Parameter::Text, Parameter::List(LIST)]);

pub(super) fn render(template: &str, interfaces: &Interfaces) -> Result<String, TemplateError> {
    let host = Arc::new(interfaces.clone());
    let dot = list(&host, &host.elements());
    gotemplate::render(template, &dot, &functions(&host))
}

fn functions(host: &Arc<Interfaces>) -> Vec<Function> {
    vec![
        source(host, "GetAllInterfaces", |host| Ok(host.elements())),
        source(host, "GetDefaultInterfaces", default_interfaces),
        source(host, "GetPrivateInterfaces", |host| Ok(preferred(host, true))),
        source(host, "GetPublicInterfaces", |host| Ok(preferred(host, false))),
        text(host, "GetPrivateIP", NONE, |host, _| Ok(first_ip(&preferred(host, true)))),
        text(host, "GetPublicIP", NONE, |host, _| Ok(first_ip(&preferred(host, false)))),
        text(host, "GetPrivateIPs", NONE, |host, _| {
            Ok(all_ips(host, |element| is_private(element) && is_forwardable(element)))
        }),
        text(host, "GetPublicIPs", NONE, |host, _| Ok(all_ips(host, |element| !is_private(element)))),
        text(host, "GetInterfaceIP", PATTERN, |host, arguments| {
            let mut named = named(host, arguments)?;
            named.retain(is_forwardable);
            sort(host, &Key::BY_TYPE_AND_SIZE, &mut named);
            Ok(first_ip(&named))
        }),
        text(host, "GetInterfaceIPs", PATTERN, |host, arguments| {
            let mut named = named(host, arguments)?;
            sort(host, &Key::BY_TYPE_AND_SIZE, &mut named);
            Ok(join_ips(&named))
        }),
        listing(host, "include", SELECTION, |host, arguments, elements| {
            Ok(selected(host, "include", arguments, &elements)?.0)
        }),
        listing(host, "exclude", SELECTION, |host, arguments, elements| {
            Ok(selected(host, "exclude", arguments, &elements)?.1)
        }),
        listing(host, "sort", KEYED, |host, arguments, mut elements| {
            sort(host, &Key::parse_list(text_at(arguments, 0))?, &mut elements);
            Ok(elements)
        }),
        listing(host, "unique", KEYED, |_, arguments, elements| unique(text_at(arguments, 0), &elements)),
        listing(
            host,
            "limit",
            Parameters::Exactly(&[Parameter::Unsigned, Parameter::List(LIST)]),
            |_, arguments, mut elements| {
                elements.truncate(usize::try_from(integer_at(arguments, 0)).unwrap_or(usize::MAX));
                Ok(elements)
            },
        ),
        listing(
            host,
            "offset",
            Parameters::Exactly(&[Parameter::Integer, Parameter::List(LIST)]),
            |_, arguments, elements| offset(integer_at(arguments, 0), &elements),
        ),
        listing(host, "math", SELECTION, |_, arguments, elements| {
            elements
                .into_iter()
                .map(|element| {
                    let network = math::apply(text_at(arguments, 0), text_at(arguments, 1), element.network)?;
                    Ok(Element { network, ..element })
                })
                .collect()
        }),
        text(host, "attr", Parameters::Exactly(&[Parameter::Text, Parameter::Any]), attr),
        text(
            host,
            "join",
            Parameters::Exactly(&[Parameter::Text, Parameter::Text, Parameter::List(LIST)]),
            |host, arguments| {
                let values: Result<Vec<String>, String> = elements_of(arguments.last())?
                    .iter()
                    .map(|element| attribute(host, text_at(arguments, 0), element))
                    .collect();
                Ok(values?.join(text_at(arguments, 1)))
            },
        ),
    ]
}

// === Kinds of functions ===

type Elements = Result<Vec<Element>, String>;

fn source(host: &Arc<Interfaces>, name: &'static str, get: fn(&Interfaces) -> Elements) -> Function {
    let host = Arc::clone(host);
    Function::new(name, NONE, move |_| Ok(list(&host, &get(&host)?)))
}

fn text(
    host: &Arc<Interfaces>,
    name: &'static str,
    parameters: Parameters,
    get: fn(&Interfaces, &[Value]) -> Result<String, String>,
) -> Function {
    let host = Arc::clone(host);
    Function::new(name, parameters, move |arguments| Ok(Value::String(get(&host, arguments)?.into())))
}

/// A function from list to list; the list is its last argument.
fn listing(
    host: &Arc<Interfaces>,
    name: &'static str,
    parameters: Parameters,
    change: fn(&Interfaces, &[Value], Vec<Element>) -> Elements,
) -> Function {
    let host = Arc::clone(host);
    Function::new(name, parameters, move |arguments| {
        let elements = elements_of(arguments.last())?;
        Ok(list(&host, &change(&host, arguments, elements)?))
    })
}

// === The functions ===

fn default_interfaces(host: &Interfaces) -> Elements {
    let Some(default) = &host.default_interface else {
        return Err(
            "no default interface found: this host has no IPv4 default route via a gateway".to_owned()
        );
    };
    Ok(host.elements().into_iter().filter(|element| name(host, element) == default).collect())
}

fn is_private(element: &Element) -> bool {
    rfc::covers(rfc::PRIVATE, &element.network)
}

/// Forwardable addresses of interfaces that are up, the default interface's first.
fn preferred(host: &Interfaces, private: bool) -> Vec<Element> {
    let mut elements = host.elements();
    elements.retain(|element| is_forwardable(element) && is_up(host, element));
    sort(host, &Key::PREFERRED, &mut elements);
    elements.retain(|element| is_private(element) == private);
    elements
}

fn all_ips(host: &Interfaces, wanted: fn(&Element) -> bool) -> String {
    let mut elements = host.elements();
    sort(host, &Key::BY_TYPE_AND_SIZE, &mut elements);
    elements.retain(wanted);
    join_ips(&elements)
}

fn first_ip(elements: &[Element]) -> String {
    elements.first().map(|element| element.network.address()).unwrap_or_default()
}

fn join_ips(elements: &[Element]) -> String {
    let addresses: Vec<String> = elements.iter().map(|element| element.network.address()).collect();
    addresses.join(" ")
}

fn named(host: &Interfaces, arguments: &[Value]) -> Elements {
    Ok(select(host, "name", text_at(arguments, 0), &host.elements())?.unwrap_or_default().0)
}

fn selected(
    host: &Interfaces,
    function: &str,
    arguments: &[Value],
    elements: &[Element],
) -> Result<Split, String> {
    let selector = text_at(arguments, 0);
    select(host, selector, text_at(arguments, 1), elements)?
        .ok_or_else(|| format!("invalid {function} selector {selector:?}"))
}

/// Drops an element that equals the one kept just before it.
fn unique(property: &str, elements: &[Element]) -> Elements {
    let mut kept: Vec<Element> = Vec::new();
    for element in elements {
        let same = match property.to_lowercase().as_str() {
            "address" => kept.last().is_some_and(|last| last.network == element.network),
            // No two interfaces of a host share a name.
            "name" => kept.last().is_some_and(|last| last.interface == element.interface),
            _ => return Err(format!("unsupported unique constraint {property:?} (known: address, name)")),
        };
        if !same {
            kept.push(*element);
        }
    }
    Ok(kept)
}

fn offset(offset: i64, elements: &[Element]) -> Elements {
    let distance = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
    let start = if offset < 0 { elements.len().checked_sub(distance) } else { Some(distance) };
    start.and_then(|start| elements.get(start..)).map(<[Element]>::to_vec).ok_or_else(|| {
        format!(
            "unable to seek past the end of the interface array: offset ({distance}) exceeds the number of \
             interfaces ({})",
            elements.len()
        )
    })
}

/// An attribute of an address, or of the first of a list; an empty list has every attribute, empty.
fn attr(host: &Interfaces, arguments: &[Value]) -> Result<String, String> {
    let wanted = text_at(arguments, 0);
    let elements = match arguments.last() {
        list @ Some(Value::List(_)) => elements_of(list)?,
        other => match other.and_then(element_of) {
            Some(element) => vec![element],
            None => {
                return Err(format!(
                    "unable to obtain attribute {wanted} from type {}",
                    other.map_or("nil", gotemplate::type_name)
                ));
            }
        },
    };
    elements.first().map_or(Ok(String::new()), |element| attribute(host, wanted, element))
}

// === Arguments and values ===

fn text_at(arguments: &[Value], index: usize) -> &str {
    arguments.get(index).and_then(Value::as_str).unwrap_or("")
}

fn integer_at(arguments: &[Value], index: usize) -> i64 {
    arguments.get(index).and_then(Value::as_int).unwrap_or(0)
}

/// Reserved field: where an element comes from, and its address as numbers.
const IDENTITY: &str = "@element";

fn list(host: &Interfaces, elements: &[Element]) -> Value {
    elements.iter().map(|element| value(host, element)).collect::<Vec<Value>>().into()
}

/// An element as templates see it: Go's struct, with the fields and the methods without arguments that make sense.
fn value(host: &Interfaces, element: &Element) -> Value {
    let text = |text: &str| Value::String(text.into());
    let network = &element.network;
    let (index, mtu, hardware_address, flags) = host
        .interfaces
        .get(element.interface)
        .map(|found| (found.index, found.mtu, found.hardware_address.as_str(), found.flags_text()))
        .unwrap_or_default();
    let interface_name = name(host, element);
    let string = network.to_string();
    let interface_display = format!("{{{index} {mtu} {interface_name} {hardware_address} {flags}}}");
    let display = format!("{string} {interface_display}");
    let interface_fields = [
        ("Index", Value::Int(index.into())),
        ("MTU", Value::Int(mtu.into())),
        ("Name", text(interface_name)),
        ("HardwareAddr", text(hardware_address)),
        ("Flags", text(&flags)),
    ];
    let kind = gotemplate::record(
        "sockaddr.SockAddrType",
        type_word(network),
        [("String", text(type_word(network)))],
    );
    let octets =
        octets(network).into_iter().map(|octet| Value::Int(octet.into())).collect::<Vec<Value>>().into();
    let address = gotemplate::record(
        "sockaddr.SockAddr",
        &string,
        [
            ("String", text(&string)),
            ("Type", kind.clone()),
            ("NetIP", text(&network.address())),
            ("Octets", octets),
            ("Maskbits", Value::Int(network.prefix().into())),
            ("Port", Value::Int(0)),
        ],
    );
    let own = [
        (IDENTITY, identity(element)),
        ("SockAddr", address),
        ("Interface", gotemplate::record("net.Interface", &interface_display, interface_fields.clone())),
        ("String", text(&display)),
        ("Type", kind),
    ];
    gotemplate::record("sockaddr.IfAddr", &display, interface_fields.into_iter().chain(own))
}

fn identity(element: &Element) -> Value {
    let [high, low] = [element.network.bits() >> 64, element.network.bits() & u128::from(u64::MAX)]
        .map(|half| Value::Uint(u64::try_from(half).unwrap_or_default()));
    vec![
        Value::Uint(element.interface as u64),
        Value::Bool(element.network.is_ipv4()),
        high,
        low,
        Value::Uint(element.network.prefix().into()),
    ]
    .into()
}

fn element_of(value: &Value) -> Option<Element> {
    let Value::List(parts) = value.field(IDENTITY)? else { return None };
    let [
        Value::Uint(interface),
        Value::Bool(is_ipv4),
        Value::Uint(high),
        Value::Uint(low),
        Value::Uint(prefix),
    ] = parts.as_ref()
    else {
        return None;
    };
    let family = if *is_ipv4 { Network::UNSPECIFIED_V4 } else { Network::UNSPECIFIED_V6 };
    let bits = (u128::from(*high) << 64) | u128::from(*low);
    Some(Element {
        interface: usize::try_from(*interface).ok()?,
        network: family.with_bits(bits, u8::try_from(*prefix).ok()?),
    })
}

fn elements_of(value: Option<&Value>) -> Elements {
    match value {
        Some(Value::List(items)) => items
            .iter()
            .map(|item| {
                element_of(item).ok_or_else(|| {
                    format!("expected a list of addresses; found {}", gotemplate::display(item))
                })
            })
            .collect(),
        _ => Ok(Vec::new()),
    }
}
