package framebuffer.orchestrator.pipeline.intake;

import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.OrchestratorGroup;
import framebuffer.redis.handoff.ReturnVerifier;
import framebuffer.redis.handoff.ReturnVerifier.JudgedReturns;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.List;

/** The loop that reads one source ahead of the pump. */
public final class SourceReader implements RedisLoop.Work {
    private static final Duration WAIT = Duration.ofMillis(100);

    private final OrchestratorGroup group;
    private final GroupReader reader;
    private final ReadAhead ahead;
    private final ReturnVerifier returns;

    /**
     * @param group the consumer group and its source
     * @param consumer the name of this instance in the group
     * @param batch most entries in one read
     * @param bytes most bytes in one read, estimated from recent entries
     */
    public SourceReader(OrchestratorGroup group, String consumer, Inbox inbox, int batch, long bytes) {
        this.group = group;
        this.reader = new GroupReader(group.source().stream(), group.source().group(), consumer);
        this.returns = new ReturnVerifier(group.keys(), group.source().group());
        this.ahead = new ReadAhead(group.source(), inbox, batch, bytes, WAIT);
    }

    /** Reads all pending entries again, because the pump has forgotten the deliveries. From any thread. */
    public void beginAgain() {
        ahead.beginAgain();
    }

    @Override
    public void connected(RedisConnection redis) {
        // The group first: the pump looks at it as soon as frames flow.
        ahead.connected(new Reads(redis));
        returns.prepare(redis);
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        ahead.turn(new Reads(redis));
    }

    private final class Reads implements ReadAhead.SourceReads {
        private final RedisConnection redis;

        Reads(RedisConnection redis) {
            this.redis = redis;
        }

        @Override
        public boolean ensureGroup() {
            return group.ensure(redis);
        }

        @Override
        public List<StreamEntry> readPending(EntryId after, int atMost) {
            return reader.readPending(redis, after, atMost);
        }

        @Override
        public List<StreamEntry> readNew(int atMost, Duration wait) {
            return reader.readNew(redis, atMost, wait);
        }

        @Override
        public JudgedReturns judge(List<StreamEntry> returned) {
            return returns.judge(redis, returned);
        }
    }
}
