package framebuffer.redis.queues;

import framebuffer.redis.AclRights;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Writes a processor's answers to frames, each in one step that takes effect once. */
public final class AnswerWriter {
    /** Default for the approximate length of a result stream; it keeps the newest results. */
    public static final int RESULTS_KEPT = 100_000;

    private static final Script FINISH = Script.unchecked("rights.lua", "ids.lua", "ledger.lua", "circuits.lua",
            "finish_frame.lua");

    /** For a user who may not write the ledger. */
    private static final Script ANSWER = Script.unchecked("rights.lua", "answer_frame.lua");

    /** The reply when the whole frame has ended. */
    private static final int WHOLE_FRAME = 2;

    private final Keys keys;
    private final AnswerRoute post;
    private final Consumer<Fields> ended;
    private boolean counts = true;

    /**
     * The target of a processor's answers.
     *
     * @param queue key of its work queue
     * @param group its group there
     * @param processor its id
     * @param results key of its result stream
     * @param resultsKept approximate length of the result stream, which keeps the newest results
     */
    public record AnswerRoute(String queue, String group, String processor, String results, int resultsKept) {
    }

    public AnswerWriter(Keys keys, AnswerRoute post) {
        this(keys, post, _ -> {
        });
    }

    /**
     * @param ended receives the fields of each frame that ended as a whole with an answer, so that nobody needs its pixels any more
     */
    public AnswerWriter(Keys keys, AnswerRoute post, Consumer<Fields> ended) {
        this.keys = keys;
        this.post = post;
        this.ended = ended;
    }

    /** Finds out whether the user of this connection may write the ledger. If not, the service counts the answers. */
    public void connected(RedisConnection redis) {
        counts = AclRights.ofCounting(keys, post.queue(), post.results()).areGranted(redis);
    }

    /**
     * Completes the frame: publishes its result, acknowledges and deletes its entry.
     *
     * @return false when the entry was no longer pending, because it was taken away or answered before; nothing happened
     * @throws RedisRefused when the result cannot be written; nothing happened
     */
    public boolean done(RedisConnection redis, EntryId entry, Result result) {
        return answer(redis, entry, result.queued(),
                new EncodedAnswer(result.status().word(), post.results(), post.resultsKept(), result.encode()));
    }

    /** Returns the frame, for another hand-off or as a dead letter. Otherwise like {@link #done}. */
    public boolean returned(RedisConnection redis, EntryId entry, ReturnedFrame returned) {
        return answer(redis, entry, returned.queued(),
                new EncodedAnswer("returned", keys.returned(), 0, returned.encode()));
    }

    private record EncodedAnswer(String kind, String stream, int kept, Fields fields) {
    }

    private boolean answer(RedisConnection redis, EntryId entry, QueuedFrame frame, EncodedAnswer answer) {
        List<Object> line = new ArrayList<>(List.of(post.group(), entry.toString(), answer.kind(),
                frame.captureId().toString(), frame.frame().cameraId(), post.processor(), answer.kept()));
        line.addAll(answer.fields().flat());
        if (!counts) {
            return Replies.number(ANSWER.call(redis, List.of(post.queue(), answer.stream()), line)) > 0;
        }
        long reply = Replies.number(FINISH.call(redis,
                List.of(post.queue(), answer.stream(), keys.ledger(), keys.parts(), keys.completed(),
                        keys.givenBack(), keys.circuits(), keys.taken(), keys.accepted()),
                line));
        if (reply == WHOLE_FRAME) {
            ended.accept(frame.frame().fields());
        }
        return reply > 0;
    }
}
