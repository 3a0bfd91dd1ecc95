package framebuffer.trials.chaos;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A processor without our client (docs/protocol.md 5.4): it reads with XREADGROUP and answers with XADD, XACK and XDEL in one MULTI, even if it no
 * longer owns the frame. It never acknowledges failed frames, and never reads its pending entries again.
 */
final class ForeignProcessor implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(ForeignProcessor.class);
    private static final String GROUP = "frame-processors";
    private static final Duration WAIT = Duration.ofMillis(250);
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int NOT_FOUND = 404;

    private final Self self;
    private final String orchestrator;
    private final Handler handler;

    /** Its registration. */
    record Self(String id, int capacity, int concurrency, Duration heartbeat) {
    }

    /** Whether the frame is done. */
    interface Handler {
        boolean handle(Fields frame) throws InterruptedException;
    }

    ForeignProcessor(Self self, String orchestrator, Handler handler) {
        this.self = self;
        this.orchestrator = orchestrator;
        this.handler = handler;
    }

    /** Registers and reads until the process ends. */
    void run(RedisAddress address) throws InterruptedException {
        try (RedisLoop loop = new RedisLoop("foreign", address, this).start();
                HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            boolean registered = false;
            while (!Thread.currentThread().isInterrupted()) {
                log.debug("{}", loop.trouble());
                registered = registered ? beats(http) : registers(http);
                Thread.sleep(self.heartbeat());
            }
        }
    }

    private boolean registers(HttpClient http) throws InterruptedException {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("id", self.id()).put("capacity", self.capacity())
                .put("heartbeat_interval", self.heartbeat().toSeconds());
        body.putArray("capabilities").add(ChaosFrames.CAPABILITY);
        return post(http, "/processors/register", body) / 100 == 2;
    }

    private boolean beats(HttpClient http) throws InterruptedException {
        return post(http, "/processors/heartbeat",
                JsonNodeFactory.instance.objectNode().put("processor_id", self.id())) != NOT_FOUND;
    }

    private int post(HttpClient http, String path, ObjectNode body) throws InterruptedException {
        try {
            return http.send(HttpRequest.newBuilder(URI.create(orchestrator + path)).timeout(TIMEOUT)
                    .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString())).build(),
                    BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            log.info("{}: {}", path, e.toString());
            return 0;
        }
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        List<?> reply;
        try {
            reply = Replies.list(redis.callBlocking(WAIT, "XREADGROUP", "GROUP", GROUP, self.id(), "COUNT",
                    self.concurrency(), "BLOCK", WAIT.toMillis(), "STREAMS", Keys.DEFAULT.queue(Keys.READY + self.id()),
                    ">"));
        } catch (RedisRefused e) {
            createGroup(redis);
            return;
        }
        if (!reply.isEmpty()) {
            for (StreamEntry entry : Replies.entries(Replies.list(reply.getFirst()).get(1))) {
                Fields frame = entry.fields();
                if (frame != null && isDone(frame)) {
                    answer(redis, entry, frame);
                }
            }
        }
    }

    private boolean isDone(Fields frame) throws InterruptedException {
        try {
            return handler.handle(frame);
        } catch (IllegalStateException e) {
            log.info("failed, and left there: {}", e.getMessage());
            return false;
        }
    }

    private void createGroup(RedisConnection redis) {
        try {
            redis.call("XGROUP", "CREATE", Keys.DEFAULT.queue(Keys.READY + self.id()), GROUP, "0", "MKSTREAM");
        } catch (RedisRefused e) {
            log.info("no group: {}", e.getMessage());
        }
    }

    private void answer(RedisConnection redis, StreamEntry entry, Fields frame) {
        String queue = Keys.DEFAULT.queue(Keys.READY + self.id());
        List<Object> result = new ArrayList<>(List.of("XADD", Keys.DEFAULT.results(), "MAXLEN", "~", "100000", "*",
                "processor_id", self.id(), "status", "success", "result", "{}"));
        for (String field : List.of("frame_id", "camera_id", "attempt")) {
            result.add(field);
            result.add(String.valueOf(frame.text(field)));
        }
        try {
            redis.transaction(List.of(result, List.of("XACK", queue, GROUP, entry.id().toString()),
                    List.of("XDEL", queue, entry.id().toString())));
        } catch (RedisRefused e) {
            log.info("not answered: {}", e.getMessage());
        }
    }
}
