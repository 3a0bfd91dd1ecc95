package framebuffer.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;
import java.io.IOException;
import java.time.Duration;

/** What a handler says of a frame. An exception it throws is an answer too: the frame failed. */
public sealed interface Answer {

    /**
     * The frame is done. See {@link Answer#processed} and {@link Answer#error}.
     *
     * @param status
     *            of its result
     * @param json
     *            its result: one JSON value
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

    /** Not now. See {@link Answer#retryLater}. */
    record RetryLater(Duration after, String why) implements Answer {
        public RetryLater {
            if (after.isNegative() || after.compareTo(ReturnedFrame.MAX_RETRY_AFTER) > 0) {
                throw new IllegalArgumentException("retry after 0 to 1 hour, not " + after);
            }
        }
    }

    /** Never. See {@link Answer#reject}. */
    record Reject(String why) implements Answer {
    }

    /**
     * The frame is done; this was found.
     *
     * @param json
     *            one JSON value
     * @throws IllegalArgumentException
     *             when it is no JSON
     */
    static Answer processed(String json) {
        return new Done(Result.ResultStatus.SUCCESS, json);
    }

    /**
     * The frame is done, and this went wrong: it is not tried again, and counts as a failure of this processor.
     *
     * @param json
     *            one JSON value
     * @throws IllegalArgumentException
     *             when it is no JSON
     */
    static Answer error(String json) {
        return new Done(Result.ResultStatus.ERROR, json);
    }

    /**
     * The frame goes back and is sent again, here or elsewhere. It is not charged with an attempt, and this is no failure.
     *
     * @param after
     *            not before then, 0 to 1 hour, in whole milliseconds
     * @param why
     *            for people; what is beyond 1000 characters is cut
     * @throws IllegalArgumentException
     *             when the time is out of bounds
     */
    static Answer retryLater(Duration after, String why) {
        return new RetryLater(after, why);
    }

    /**
     * The frame can never be processed, here or elsewhere: it becomes a dead letter. This is no failure.
     *
     * @param why
     *            for people; what is beyond 1000 characters is cut
     */
    static Answer reject(String why) {
        return new Reject(why);
    }
}
