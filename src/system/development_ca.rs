//! A throw-away mesh CA for snapshots that come without certificates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};

use crate::secret::Secret;
use crate::snapshot::{CaRoot, CaRoots, Leaf, Snapshot};

/// Trust domain where the snapshot names none.
const TRUST_DOMAIN: &str = "development.consul";

/// What was made, beside the certificates that are now in the snapshot.
#[derive(Debug)]
pub struct Made {
    /// The CA's certificate, PEM.
    pub authority: String,
    /// A client certificate followed by its key, PEM, for each source that an intention names.
    pub clients: BTreeMap<String, Secret>,
}

/// Puts a new CA and a leaf for every linked service into `snapshot`; replaces what it has of either.
pub fn equip(snapshot: &mut Snapshot) -> Result<Made, rcgen::Error> {
    if snapshot.roots.trust_domain.is_empty() {
        TRUST_DOMAIN.clone_into(&mut snapshot.roots.trust_domain);
    }
    if snapshot.datacenter.is_empty() {
        "dc1".clone_into(&mut snapshot.datacenter);
    }
    let trust_domain = snapshot.roots.trust_domain.clone();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "termgate development CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.subject_alt_names = vec![SanType::URI(format!("spiffe://{trust_domain}").try_into()?)];
    let key = KeyPair::generate()?;
    let authority = params.self_signed(&key)?.pem();
    let issuer = Issuer::new(params, key);

    let uri = |service: &str| {
        format!("spiffe://{trust_domain}/ns/default/dc/{}/svc/{service}", snapshot.datacenter)
    };
    let mut leaves = BTreeMap::new();
    for link in snapshot.links.iter() {
        let service_uri = uri(&link.service.name);
        let (cert_pem, key_pem) = leaf(&issuer, &service_uri)?;
        let leaf = Leaf { cert_pem, private_key_pem: Secret::new(key_pem), service_uri, ..Leaf::default() };
        leaves.insert(link.service.name.clone(), leaf.into());
    }
    let sources: BTreeSet<&str> = snapshot
        .intentions
        .iter()
        .map(|intention| intention.source_name.as_str())
        .filter(|name| *name != "*")
        .collect();
    let mut clients = BTreeMap::new();
    for source in sources {
        let (cert_pem, key_pem) = leaf(&issuer, &uri(source))?;
        clients.insert(source.to_owned(), Secret::new(cert_pem + &key_pem));
    }
    snapshot.leaves = Arc::new(leaves);
    snapshot.roots = CaRoots {
        trust_domain,
        active_root_id: "development".to_owned(),
        roots: vec![CaRoot {
            id: "development".to_owned(),
            root_cert: authority.clone(),
            active: true,
            ..CaRoot::default()
        }],
    };
    Ok(Made { authority, clients })
}

fn leaf(issuer: &Issuer<'_, KeyPair>, uri: &str) -> Result<(String, String), rcgen::Error> {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![SanType::URI(uri.try_into()?)];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    Ok((params.signed_by(&key, issuer)?.pem(), key.serialize_pem()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::snapshot::{GatewayLink, Intention, ServiceName};

    #[test]
    fn every_linked_service_gets_a_leaf_and_every_named_source_a_client_certificate() {
        let mut snapshot = Snapshot::collecting();
        let service = ServiceName { name: "billing".into(), ..ServiceName::default() };
        Arc::make_mut(&mut snapshot.links).push(GatewayLink { service, ..GatewayLink::default() });
        for source in ["web", "*"] {
            let intention = Intention { source_name: source.into(), ..Intention::default() };
            Arc::make_mut(&mut snapshot.intentions).push(intention);
        }
        let made = equip(&mut snapshot).unwrap();
        assert_eq!(snapshot.roots.roots[0].root_cert, made.authority);
        let leaf = &snapshot.leaves["billing"];
        assert_eq!(leaf.service_uri, "spiffe://development.consul/ns/default/dc/dc1/svc/billing");
        assert!(leaf.private_key_pem.expose().contains("PRIVATE KEY"));
        assert_eq!(made.clients.keys().collect::<Vec<_>>(), ["web"]);
    }
}
