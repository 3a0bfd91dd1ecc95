package framebuffer.redis.testing;

import framebuffer.redis.GroupReader;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.AnswerWriter;
import framebuffer.redis.queues.AnswerWriter.AnswerRoute;
import framebuffer.wire.Keys;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A processor with our client's commands, driven by a test. */
public final class Processing {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final TestRedis redis;
    private final AnswerRoute post;
    private final AnswerWriter answers;
    private final List<Fields> ended = new ArrayList<>();
    private final GroupReader reader;

    public Processing(TestRedis redis, Keys keys, AnswerRoute post) {
        this.redis = redis;
        this.post = post;
        this.answers = new AnswerWriter(keys, post, ended::add);
        this.reader = new GroupReader(post.queue(), post.group(), post.processor());
    }

    /** Reads frames that were not delivered yet. */
    public List<StreamEntry> read(int atMost) {
        reader.ensureGroup(redis.connection());
        return reader.readNew(redis.connection(), atMost, Duration.ZERO);
    }

    /** The frames that ended as a whole with an answer, by their ids. */
    public List<String> ended() {
        return ended.stream().map(fields -> String.valueOf(fields.text("frame_id"))).toList();
    }

    public boolean done(StreamEntry entry) {
        return answers.done(redis.connection(), entry.id(), result(entry, post.processor()));
    }

    /** Answers a frame with an error result. */
    public boolean erred(StreamEntry entry) {
        return answers.done(redis.connection(), entry.id(), result(entry, post.processor(), Result.ResultStatus.ERROR));
    }

    /** The result of a processor for this frame. */
    public static Result result(StreamEntry entry, String processor) {
        return result(entry, processor, Result.ResultStatus.SUCCESS);
    }

    private static Result result(StreamEntry entry, String processor, Result.ResultStatus status) {
        return new Result(frame(entry), processor, status, "{\"n\":1}", NOW, Duration.ofMillis(3),
                TraceContext.random());
    }

    public boolean returned(StreamEntry entry, ReturnedFrame.ReturnReason kind) {
        return answers.returned(redis.connection(), entry.id(),
                new ReturnedFrame(frame(entry), kind, "because", Duration.ZERO, post.processor()));
    }

    private static QueuedFrame frame(StreamEntry entry) {
        return switch (QueuedFrame.decode(entry.id(), Objects.requireNonNull(entry.fields()))) {
            case Decoded.Valid<QueuedFrame> valid -> valid.value();
            case Decoded.Invalid<QueuedFrame> invalid -> throw new IllegalStateException(invalid.toString());
        };
    }
}
