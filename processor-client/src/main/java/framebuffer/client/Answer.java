package framebuffer.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;
import java.io.IOException;
import java.time.Duration;

/** A handler's answer to a frame. An exception counts as an answer too: the frame failed. */
public sealed interface Answer {

    /**
     * The frame is done. See {@link Answer#processed} and {@link Answer#error}.
     *
     * @param status status of the result
     * @param json the result: one JSON value
     */
    record Done(Result.ResultStatus status, String json) implements Answer {
        private static final JsonFactory JSON = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

        public Done {
            try (JsonParser parser = JSON.createParser(json)) {
                JsonToken first = parser.nextToken();
                parser.skipChildren();
                if (first == null || parser.nextToken() != null) {
                    throw new IllegalArgumentException("a result must be one JSON value, not none and not more");
                }
            } catch (IOException e) {
                throw new IllegalArgumentException("a result must be JSON: " + e.getMessage(), e);
            }
        }
    }

    /** Retry later. See {@link Answer#retryLater}. */
    record RetryLater(Duration after, String why) implements Answer {
        public RetryLater {
            if (after.isNegative() || after.compareTo(ReturnedFrame.MAX_RETRY_AFTER) > 0) {
                throw new IllegalArgumentException("retry after 0 to 1 hour, not " + after);
            }
        }
    }

    /** Reject. See {@link Answer#reject}. */
    record Reject(String why) implements Answer {
    }

    /**
     * The frame is done, with this result.
     *
     * @param json one JSON value
     * @throws IllegalArgumentException when the text is not JSON
     */
    static Answer processed(String json) {
        return new Done(Result.ResultStatus.SUCCESS, json);
    }

    /**
     * The frame is done, with this error. It is not tried again, and counts as a failure of this processor.
     *
     * @param json one JSON value
     * @throws IllegalArgumentException when the text is not JSON
     */
    static Answer error(String json) {
        return new Done(Result.ResultStatus.ERROR, json);
    }

    /**
     * The frame is returned and handed off again, to any processor. This is neither a charged attempt nor a failure.
     *
     * @param after minimum delay, 0 to 1 hour, in whole milliseconds
     * @param why reason for users, cut to 1000 characters
     * @throws IllegalArgumentException when the time is out of bounds
     */
    static Answer retryLater(Duration after, String why) {
        return new RetryLater(after, why);
    }

    /**
     * No processor can ever process the frame: it becomes a dead letter. This does not count as a failure.
     *
     * @param why reason for users, cut to 1000 characters
     */
    static Answer reject(String why) {
        return new Reject(why);
    }
}
