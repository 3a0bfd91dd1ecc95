package framebuffer.migration.decommission;

import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.steps.MigrationStatus;
import framebuffer.migration.steps.MigrationSteps;
import framebuffer.migration.steps.MigrationSteps.StepRefused;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.wire.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Stops the older service. Each action can be repeated after a crash. */
public final class Decommission {
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(3);
    private static final Duration STOPS_WITHIN = Duration.ofMinutes(1);

    private final RedisConnection redis;
    private final GateStreams streams;
    private final DecommissionPlan plan;
    private final Consumer<String> progress;

    /**
     * What to do.
     *
     * @param older address of the older service
     * @param ours address of this service
     * @param stop the command that stops the older service, with its arguments
     * @param archive file that keeps what is removed
     */
    public record DecommissionPlan(URI older, URI ours, List<String> stop, Path archive) {
        public DecommissionPlan {
            stop = List.copyOf(stop);
        }

        /** The actions, in order, for users. */
        public List<String> actions(GateStreams streams) {
            return List.of("write what is removed to " + archive,
                    "remove the stream " + streams.keys().legacy() + " with its group " + streams.legacyGroup(),
                    "run: " + String.join(" ", stop), "check that " + older + " does not answer any more",
                    "check that " + ours + " answers");
        }
    }

    /** @param progress gets a line for each action */
    public Decommission(RedisConnection redis, GateStreams streams, DecommissionPlan plan, Consumer<String> progress) {
        this.redis = redis;
        this.streams = streams;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Does all actions.
     *
     * @throws StepRefused when a check is not zero, or an action fails; repeat it then
     */
    public void execute(DecommissionChecks checks) {
        if (!checks.obstacles().isEmpty()) {
            throw new StepRefused(String.join("; ", checks.obstacles()));
        }
        Keys keys = streams.keys();
        new MigrationSteps(redis, streams).journal().run("decommission", () -> {
            archive();
            redis.call("DEL", keys.legacy());
            progress.accept("removed " + keys.legacy());
            stop();
            if (answers(plan.older())) {
                throw new StepRefused(plan.older() + " still answers after: " + String.join(" ", plan.stop()));
            }
            progress.accept(plan.older() + " does not answer any more");
            if (!answers(plan.ours())) {
                throw new StepRefused(plan.ours() + " does not answer: look at this service before anything else");
            }
            progress.accept(plan.ours() + " answers");
            redis.call("HSET", keys.migration(), "decommissioned", Replies.time(redis.call("TIME")).toString());
            return true;
        });
    }

    /** An archive that exists is of an earlier attempt, which removed what it holds. */
    private void archive() {
        if (Files.exists(plan.archive())) {
            progress.accept("kept " + plan.archive() + " of an earlier attempt");
            return;
        }
        try {
            Path written = Files.writeString(plan.archive().resolveSibling(plan.archive().getFileName() + ".part"),
                    MigrationStatus.read(redis, streams).json().toPrettyString() + '\n');
            Files.move(written, plan.archive(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + plan.archive(), e);
        }
        progress.accept("wrote " + plan.archive());
    }

    private void stop() {
        try {
            Process process = new ProcessBuilder(plan.stop()).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            if (!process.waitFor(STOPS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new StepRefused("the stop command did not end within " + STOPS_WITHIN.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new StepRefused("the stop command ended with exit code " + process.exitValue());
            }
            progress.accept("ran: " + String.join(" ", plan.stop()));
        } catch (IOException e) {
            throw new StepRefused("the stop command cannot run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepRefused("interrupted while the stop command ran");
        }
    }

    private static boolean answers(URI service) {
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWERS_WITHIN).build()) {
            HttpRequest request = HttpRequest.newBuilder(service.resolve("/health")).timeout(ANSWERS_WITHIN).build();
            return http.send(request, BodyHandlers.discarding()).statusCode() < 500;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepRefused("interrupted while " + service + " was asked");
        }
    }
}
