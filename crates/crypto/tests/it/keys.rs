use karute_crypto::{MasterKey, SeededEntropy, SystemEntropy};
use std::fs;
use std::path::Path;

fn fingerprint(key: &MasterKey) -> [u8; 32] {
    key.derive("test", None)
}

#[test]
fn a_key_file_is_created_once_and_read_ever_after() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("master.key");
    let first = MasterKey::load_or_create(&path, &SeededEntropy::new(1)).unwrap();
    let second = MasterKey::load_or_create(&path, &SeededEntropy::new(2)).unwrap();
    let third = MasterKey::load(&path).unwrap();
    assert_eq!(fingerprint(&first), fingerprint(&second));
    assert_eq!(fingerprint(&first), fingerprint(&third));
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.trim_end().len(), 64);
    assert!(text.trim_end().bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside the key");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused_with_the_command_that_mends_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("master.key");
    MasterKey::load_or_create(&path, &SystemEntropy).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for mode in [0o640, 0o604, 0o660, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = MasterKey::load_or_create(&path, &SystemEntropy).unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    MasterKey::load(&path).unwrap();
}

#[cfg(unix)]
fn write_private(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_damaged_key_file_is_an_error_that_shows_nothing_of_it_and_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("master.key");
    for content in ["", "abcd", &"g".repeat(64), &"a".repeat(63), &"a".repeat(5000)] {
        write_private(&path, content);
        let error = MasterKey::load_or_create(&path, &SystemEntropy).unwrap_err().to_string();
        assert!(content.is_empty() || !error.contains(content));
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    assert!(MasterKey::load(dir.path()).is_err());
    assert!(MasterKey::load(&dir.path().join("absent")).is_err());
    assert!(MasterKey::load_or_create(&dir.path().join("no/such/dir"), &SystemEntropy).is_err());
}

#[test]
fn many_starters_at_once_agree_on_one_key() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("master.key");
    let prints: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let start = || MasterKey::load_or_create(&path, &SystemEntropy).map(|key| fingerprint(&key)).unwrap();
        let all: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(prints.iter().all(|print| Some(print) == prints.first()));
}

#[test]
fn derived_keys_differ_by_purpose_and_tenant_and_come_out_the_same_again() {
    let key = MasterKey::from_bytes([1; 32]);
    let all = [
        key.derive("a", None),
        key.derive("b", None),
        key.derive("a", Some(0)),
        key.derive("a", Some(1)),
        key.derive("", Some(1)),
        MasterKey::from_bytes([2; 32]).derive("a", None),
    ];
    for (index, one) in all.iter().enumerate() {
        assert!(!all.iter().skip(index + 1).any(|other| other == one), "variant {index}");
    }
    assert_eq!(key.derive("a", Some(1)), MasterKey::from_bytes([1; 32]).derive("a", Some(1)));
}

#[test]
fn derivation_is_hkdf_sha256_as_rfc_5869_has_it() {
    // HKDF written out with HMAC from its definition, so that stored data stay readable for ever.
    let hmac = |key: &[u8], message: &[u8]| {
        let mut block = [0u8; 64];
        block.iter_mut().zip(key).for_each(|(b, k)| *b = *k);
        let pad = |x: u8| block.iter().map(|b| b ^ x).collect::<Vec<u8>>();
        let inner = karute_crypto::sha256(&[pad(0x36), message.to_vec()].concat());
        karute_crypto::sha256(&[pad(0x5c), inner.0.to_vec()].concat()).0
    };
    let prk = hmac(b"karute master key 1", &[9; 32]);
    let key = MasterKey::from_bytes([9; 32]);
    assert_eq!(key.derive("x", Some(7)), hmac(&prk, &[&[1, 0, 0, 0, 7][..], b"x", &[1]].concat()));
    assert_eq!(key.derive("x", None), hmac(&prk, &[&[0, 0, 0, 0, 0][..], b"x", &[1]].concat()));
}

#[test]
fn no_key_is_ever_printed() {
    let key = MasterKey::from_bytes([0xAB; 32]);
    let shown = format!("{key:?} {:?} {:?}", key.sealer("p", 1), key.signer(1));
    assert!(!shown.to_lowercase().contains("abab"), "{shown}");
}
