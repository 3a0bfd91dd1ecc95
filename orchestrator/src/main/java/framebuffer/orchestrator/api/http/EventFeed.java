package framebuffer.orchestrator.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;

/** The events for one caller. For one thread. */
public interface EventFeed extends AutoCloseable {
    /** The next events; empty: none came in this time. */
    List<FeedEvent> next(Duration atMost) throws InterruptedException;

    /** The id from which the caller can continue now. */
    String position();

    @Override
    void close();

    /**
     * An event of a feed.
     *
     * @param id the id from which the caller can continue after it
     */
    record FeedEvent(String id, JsonNode data) {
    }
}
