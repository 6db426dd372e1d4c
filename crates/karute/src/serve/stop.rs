//! Being asked to stop.
use tokio::sync::watch;

/// Turns true once, when SIGTERM or SIGINT arrives. A second signal ends the process at once.
pub(crate) fn on_signal() -> std::io::Result<watch::Receiver<bool>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (stop, stopped) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        let _ = stop.send(true);
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::process::exit(1);
    });
    Ok(stopped)
}

/// Waits until `stopped` is true.
pub(crate) async fn requested(mut stopped: watch::Receiver<bool>) {
    // An error means that nobody is left who could ask; that is a request too.
    let _ = stopped.wait_for(|stop| *stop).await;
}
