//! HTTP/1.1 with bounds: how large, how many and how slow clients may be.
//!
//! One thread reads and writes all connections, a second one answers requests, one after another.

use std::convert::Infallible;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ALLOW, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::runtime;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::limits::{
    BODY_TIME, CONNECTION_TIME, CONNECTIONS, DISCARD_TIMES, HEAD_BYTES, HEAD_TIME, REQUEST_WAIT, REQUESTS,
    RETRY_SECONDS, STOP_TIME, STORE_TIME,
};

/// A request with its whole body, unpacked.
pub(crate) struct Request {
    pub(crate) path: String,
    /// In lower case and without parameters.
    pub(crate) media_type: String,
    pub(crate) body: Vec<u8>,
    pub(crate) address: IpAddr,
}

/// What a request is answered with.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    media_type: &'static str,
    body: Vec<u8>,
    headers: Vec<(HeaderName, HeaderValue)>,
    closes: bool,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, media_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, media_type, body: body.into(), headers: Vec::new(), closes: false }
    }

    /// In words, for whoever looks at what was answered.
    pub(crate) fn text(status: StatusCode, text: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", format!("{text}\n"))
    }

    /// Not now.
    pub(crate) fn later(why: &str) -> Self {
        let headers = vec![(RETRY_AFTER, HeaderValue::from(RETRY_SECONDS))];
        Self { headers, ..Self::text(StatusCode::SERVICE_UNAVAILABLE, why) }
    }

    pub(crate) fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    /// What is still on its way is not read.
    fn closing(self) -> Self {
        Self { closes: true, ..self }
    }

    fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body.into()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        headers.extend(self.headers);
        if self.closes {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// Answers requests.
pub(crate) trait Service: Send + Sync + 'static {
    /// The methods that a path takes, as `Allow` has them; `None` where there is no such path.
    fn methods(&self, path: &str) -> Option<&'static str>;

    /// Answers one request; never two at once. May take its time.
    fn answer(&self, request: Request) -> Answer;
}

/// A server, until it is stopped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens.
    pub(crate) fn start(address: SocketAddr, most_bytes: usize, service: Arc<impl Service>) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        // One thread for what may take its time, so that one body at a time is unpacked and taken apart.
        let runtime =
            runtime::Builder::new_current_thread().enable_io().enable_time().max_blocking_threads(1).build()?;
        let (stop, stopped) = watch::channel(false);
        let listener = runtime.block_on(async { tokio::net::TcpListener::from_std(listener) })?;
        let thread = std::thread::Builder::new().name("receiver".into()).spawn(move || {
            runtime.block_on(serve(listener, most_bytes, service, stopped));
            runtime.shutdown_timeout(STORE_TIME);
        })?;
        Ok(Self { address, stop, thread: Some(thread) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections, answers what is under way, and returns when that is done or the time for it is over.
    pub(crate) fn stop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn serve(
    listener: tokio::net::TcpListener,
    most_bytes: usize,
    service: Arc<impl Service>,
    mut stopped: watch::Receiver<bool>,
) {
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let requests = Arc::new(Semaphore::new(REQUESTS));
    loop {
        let accepted = tokio::select! {
            accepted = async {
                let place = Arc::clone(&connections).acquire_owned().await;
                (listener.accept().await, place)
            } => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => break,
        };
        let ((stream, address), place) = match accepted {
            (Ok(accepted), Ok(place)) => (accepted, place),
            // The system has no more files for us, say.
            (Err(_), _) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
            (_, Err(_)) => break,
        };
        let (service, requests, mut stopped) = (Arc::clone(&service), Arc::clone(&requests), stopped.clone());
        tokio::spawn(async move {
            let answers = service_fn(|request| {
                let (service, requests) = (Arc::clone(&service), Arc::clone(&requests));
                async move {
                    let answer = answer(request, address.ip(), most_bytes, service, requests).await;
                    Ok::<_, Infallible>(answer.into_response())
                }
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_BYTES);
            let mut connection = pin!(http.serve_connection(TokioIo::new(stream), answers));
            let ended = tokio::select! {
                ended = connection.as_mut() => Some(ended),
                () = tokio::time::sleep(CONNECTION_TIME) => None,
                _ = stopped.wait_for(|stopped| *stopped) => None,
            };
            if ended.is_none() {
                connection.as_mut().graceful_shutdown();
                drop(timeout(BODY_TIME, connection).await);
            }
            drop(place);
        });
    }
    drop(listener);
    let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
    drop(timeout(STOP_TIME, connections.acquire_many(all)).await);
}

async fn answer(
    request: hyper::Request<Incoming>,
    address: IpAddr,
    most_bytes: usize,
    service: Arc<impl Service>,
    requests: Arc<Semaphore>,
) -> Answer {
    let (head, body) = request.into_parts();
    let Some(methods) = service.methods(head.uri.path()) else {
        return Answer::text(StatusCode::NOT_FOUND, "There is nothing here.").closing();
    };
    if !methods.split(", ").any(|method| head.method == method) {
        let refused = Answer::text(StatusCode::METHOD_NOT_ALLOWED, &format!("Expected {methods}."));
        return if head.method == Method::HEAD { refused } else { refused.closing() }.with(ALLOW, methods);
    }
    let is_gzip = match header(&head.headers, &CONTENT_ENCODING).as_str() {
        "" | "identity" => false,
        "gzip" | "x-gzip" => true,
        _ => return Answer::text(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Expected no compression, or gzip.").closing(),
    };
    let Ok(Ok(place)) = timeout(REQUEST_WAIT, requests.acquire_owned()).await else {
        return Answer::later("Too many requests at once.").closing();
    };
    let body = match timeout(BODY_TIME, read(body, most_bytes)).await {
        Ok(Ok(body)) => body,
        Ok(Err(refused)) => return refused.closing(),
        Err(_) => return Answer::text(StatusCode::REQUEST_TIMEOUT, "The body takes too long.").closing(),
    };
    let media_type = header(&head.headers, &CONTENT_TYPE);
    let media_type = media_type.split(';').next().unwrap_or_default().trim_end().to_owned();
    let path = head.uri.path().to_owned();
    let answered = tokio::task::spawn_blocking(move || {
        // Until it is answered, it is in memory.
        let _place = place;
        let body = if is_gzip { unpack(&body, most_bytes)? } else { body };
        Ok(service.answer(Request { path, media_type, body, address }))
    });
    match answered.await {
        Ok(Ok(answer) | Err(answer)) => answer,
        Err(_) => Answer::text(StatusCode::INTERNAL_SERVER_ERROR, "This should not have happened."),
    }
}

fn header(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim().to_ascii_lowercase()
}

async fn read(mut body: Incoming, most_bytes: usize) -> Result<Vec<u8>, Answer> {
    let mut read = Vec::new();
    let mut bytes = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(Answer::text(StatusCode::BAD_REQUEST, "The body ends before its end."));
        };
        let Some(data) = frame.data_ref() else { continue };
        bytes = bytes.saturating_add(data.len());
        if bytes <= most_bytes {
            read.extend_from_slice(data);
        } else if bytes > most_bytes.saturating_mul(DISCARD_TIMES) {
            break;
        } else {
            read = Vec::new();
        }
    }
    if bytes <= most_bytes { Ok(read) } else { Err(too_large(most_bytes)) }
}

fn unpack(packed: &[u8], most_bytes: usize) -> Result<Vec<u8>, Answer> {
    let mut body = Vec::new();
    let most = u64::try_from(most_bytes).unwrap_or(u64::MAX);
    let unpacked = MultiGzDecoder::new(packed).take(most.saturating_add(1)).read_to_end(&mut body);
    if unpacked.is_err() {
        return Err(Answer::text(StatusCode::BAD_REQUEST, "The body is not gzip."));
    }
    if body.len() > most_bytes { Err(too_large(most_bytes)) } else { Ok(body) }
}

fn too_large(most_bytes: usize) -> Answer {
    Answer::text(StatusCode::PAYLOAD_TOO_LARGE, &format!("Expected at most {most_bytes} bytes."))
}
