use karute_crypto::{MasterKey, VerifyingKey};

#[test]
fn a_signature_holds_for_its_key_and_message_only() {
    let key = MasterKey::from_bytes([1; 32]);
    let signer = key.signer(1);
    let signature = signer.sign(b"head 5");
    let public = signer.verifying_key();
    assert!(public.verify(b"head 5", &signature));
    assert!(!public.verify(b"head 6", &signature));
    assert!(!key.signer(2).verifying_key().verify(b"head 5", &signature));
    let mut changed = signature;
    changed[10] ^= 1;
    assert!(!public.verify(b"head 5", &changed));
    for wrong in [&signature[..63], &[], &[0u8; 65]] {
        assert!(!public.verify(b"head 5", wrong));
    }
    assert!(!VerifyingKey([0xFF; 32]).verify(b"head 5", &signature));
    assert_eq!(key.signer(1).sign(b"head 5"), signature, "signing is deterministic");
    assert_eq!(key.signer(1).verifying_key(), public);
}
