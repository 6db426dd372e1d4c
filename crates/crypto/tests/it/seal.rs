use karute_crypto::MasterKey;

#[test]
fn a_sealed_value_opens_only_with_its_key_and_context() {
    let key = MasterKey::from_bytes([1; 32]);
    let sealer = key.sealer("cursor", 1);
    let sealed = sealer.seal("氏名=山田".as_bytes(), "tenant 1");
    assert_eq!(sealer.open(&sealed, "tenant 1").unwrap(), "氏名=山田".as_bytes());
    assert!(sealer.open(&sealed, "tenant 2").is_err());
    assert!(key.sealer("cursor", 2).open(&sealed, "tenant 1").is_err());
    assert!(key.sealer("totp", 1).open(&sealed, "tenant 1").is_err());
    assert!(MasterKey::from_bytes([2; 32]).sealer("cursor", 1).open(&sealed, "tenant 1").is_err());
    assert!(key.sealer("cursor", 1).open(&sealed, "tenant 1").is_ok());
}

#[test]
fn sealing_twice_gives_different_texts_that_fit_into_a_url() {
    let sealer = MasterKey::from_bytes([1; 32]).sealer("cursor", 1);
    let (one, two) = (sealer.seal(b"x", ""), sealer.seal(b"x", ""));
    assert_ne!(one, two);
    assert!(one.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    assert_eq!(sealer.open(&sealer.seal(b"", ""), "").unwrap(), b"");
}

#[test]
fn a_changed_shortened_or_foreign_text_is_refused() {
    let sealer = MasterKey::from_bytes([1; 32]).sealer("cursor", 1);
    let sealed = sealer.seal(b"some position", "c");
    for index in 0..sealed.len() {
        let mut changed = sealed.clone().into_bytes();
        let byte = changed.get_mut(index).unwrap();
        *byte = if *byte == b'A' { b'B' } else { b'A' };
        assert!(sealer.open(&String::from_utf8(changed).unwrap(), "c").is_err(), "character {index}");
        assert!(sealer.open(&sealed[..index], "c").is_err(), "cut at {index}");
    }
    for bad in ["", "A", "====", "日本", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &"A".repeat(2 << 20)] {
        assert!(sealer.open(bad, "c").is_err());
    }
}
