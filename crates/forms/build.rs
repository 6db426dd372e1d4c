//! Embeds the fonts that `cargo xtask fonts` fetched. Nothing is fetched here: without them the crate builds all the
//! same and reads fonts of the machine when it runs.

use std::path::Path;

const FACES: [&str; 3] = [
    "@expo-google-fonts/biz-udpgothic/400Regular/BIZUDPGothic_400Regular.ttf",
    "@expo-google-fonts/biz-udpgothic/700Bold/BIZUDPGothic_700Bold.ttf",
    "@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf",
];

fn main() {
    println!("cargo::rustc-check-cfg=cfg(bundled_fonts)");
    println!("cargo::rerun-if-changed=fonts");
    let folder = Path::new("fonts/node_modules");
    if FACES.iter().all(|face| folder.join(face).is_file()) {
        println!("cargo::rustc-cfg=bundled_fonts");
    }
}
