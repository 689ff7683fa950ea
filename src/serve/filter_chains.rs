//! Listeners on the wire, one filter chain at a time: with a thousand linked services a listener is megabytes, and a
//! change concerns one chain of it.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher as _;
use std::sync::Arc;

use prost::encoding::{WireType, encode_key, encode_varint};

use super::subscription::{EncodedResource, digest};
use crate::envoy_api::encode;
use crate::envoy_api::{FilterChain, Listener, ResourceKind};
use crate::render::ResourceRef;

/// Number of `filter_chains` in `envoy.config.listener.v3.Listener`.
const FILTER_CHAINS: u32 = 3;

/// Type of a filter chain.
const FILTER_CHAIN: &str = "type.googleapis.com/envoy.config.listener.v3.FilterChain";

/// The chains of the listeners before, in both forms.
#[derive(Debug, Default)]
pub struct FilterChains {
    /// By the names they match. Listeners of one gateway share their chains.
    known: BTreeMap<Vec<String>, Known>,
}

#[derive(Debug, Clone)]
struct Known {
    chain: Arc<FilterChain>,
    encoded: Arc<EncodedResource>,
}

impl FilterChains {
    /// Encodes a listener; chains that are as before are not encoded again.
    ///
    /// A repeated field may stand anywhere in a message: the chains are put behind everything else, in their order.
    pub fn encode(&mut self, listener: &Arc<Listener>) -> Result<EncodedResource, encode::Error> {
        let frame = Arc::new(Listener { filter_chains: Vec::new(), ..listener.as_ref().clone() });
        let json = ResourceRef::Listener(&frame).to_value();
        let mut body = encode::message(ResourceKind::Listener.type_url(), &json)?;
        let mut versions = DefaultHasher::new();
        versions.write_u64(digest(&json));
        let mut known = BTreeMap::new();
        for chain in &listener.filter_chains {
            let names =
                chain.filter_chain_match.as_ref().map_or_else(Vec::new, |found| found.server_names.clone());
            let entry = match self.known.get(&names) {
                Some(entry) if entry.chain == *chain => entry.clone(),
                _ => {
                    let json = serde_json::to_value(chain.as_ref()).unwrap_or_default();
                    let body = encode::message(FILTER_CHAIN, &json)?;
                    let encoded = Arc::new(EncodedResource::encoded(body, digest(&json)));
                    Known { chain: Arc::clone(chain), encoded }
                }
            };
            encode_key(FILTER_CHAINS, WireType::LengthDelimited, &mut body);
            encode_varint(entry.encoded.body.len() as u64, &mut body);
            body.extend_from_slice(&entry.encoded.body);
            versions.write(entry.encoded.version.as_bytes());
            known.insert(names, entry);
        }
        // A listener that only tries chains out has a few of them.
        if listener.bind_to_port == Some(false) {
            self.known.append(&mut known);
        } else {
            self.known = known;
        }
        let encoded = EncodedResource::encoded(body, versions.finish());
        Ok(EncodedResource { listener: Some(Arc::clone(listener)), ..encoded })
    }
}

#[cfg(test)]
mod tests {
    use envoy_types::pb::envoy::config::listener::v3 as envoy;
    use prost::Message as _;

    use super::*;
    use crate::envoy_api::{Address, FilterChainMatch, TrafficDirection};

    fn listener(names: &[&[&str]]) -> Arc<Listener> {
        let chain = |names: &&[&str]| {
            let server_names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let filter_chain_match = (!names.is_empty()).then_some(FilterChainMatch { server_names });
            Arc::new(FilterChain { filter_chain_match, filters: Vec::new(), transport_socket: None })
        };
        Arc::new(Listener {
            name: "default:127.0.0.1:8443".to_owned(),
            address: Address::tcp("127.0.0.1", 8443),
            bind_to_port: None,
            per_connection_buffer_limit_bytes: None,
            per_connection_buffer_high_watermark_timeout: None,
            filter_chains: names.iter().map(chain).collect(),
            listener_filters: Vec::new(),
            traffic_direction: TrafficDirection::Inbound,
            access_log: Vec::new(),
        })
    }

    #[test]
    fn a_listener_encoded_in_parts_is_the_same_message() {
        let mut chains = FilterChains::default();
        // The last chain matches all other names.
        for names in
            [&[&["a.mesh"][..], &["b.mesh", "c.mesh"], &[]][..], &[&["b.mesh", "c.mesh"], &["d.mesh"], &[]]]
        {
            let listener = listener(names);
            let whole = encode::message(
                ResourceKind::Listener.type_url(),
                &ResourceRef::Listener(&listener).to_value(),
            );
            let expected = envoy::Listener::decode(whole.unwrap().as_slice()).unwrap();
            assert_eq!(expected.filter_chains.len(), 3);
            let pieces = chains.encode(&listener).unwrap().body;
            assert_eq!(envoy::Listener::decode(pieces.as_slice()).unwrap(), expected);
        }
    }

    #[test]
    fn an_unchanged_chain_is_not_encoded_again() {
        let mut chains = FilterChains::default();
        chains.encode(&listener(&[&["a"], &["b"]])).unwrap();
        let before = Arc::clone(&chains.known[&vec!["b".to_owned()]].encoded);
        chains.encode(&listener(&[&["b"], &["c"]])).unwrap();
        assert!(Arc::ptr_eq(&before, &chains.known[&vec!["b".to_owned()]].encoded));
        assert_eq!(chains.known.len(), 2);
    }
}
