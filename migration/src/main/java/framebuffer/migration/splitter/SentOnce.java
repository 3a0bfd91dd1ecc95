package framebuffer.migration.splitter;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A body whose request begins at most once. The HTTP client asks for the length right before it sends the first byte. When a connection
 * breaks that it had kept, it would send a GET again by itself: but a GET of the older service takes frames away.
 */
final class SentOnce implements BodyPublisher {
    private final BodyPublisher body;
    private final AtomicBoolean used = new AtomicBoolean();

    SentOnce(byte[] body) {
        this.body = BodyPublishers.ofByteArray(body);
    }

    /** Whether nothing of the request was sent; then nothing of it will be. */
    boolean withdraw() {
        return !used.getAndSet(true);
    }

    /** Throws {@link IllegalStateException} the second time, and after {@link #withdraw}. */
    @Override
    public long contentLength() {
        if (used.getAndSet(true)) {
            throw new IllegalStateException("the connection broke after the request was sent");
        }
        return body.contentLength();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        body.subscribe(subscriber);
    }
}
