package framebuffer.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.client.fixture.RecordingOrchestrator;
import framebuffer.client.fixture.RecordingOrchestrator.Call;
import framebuffer.testkit.Await;
import framebuffer.testkit.FaultProxy;
import framebuffer.wire.Secret;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private static final String REGISTER = "POST /processors/register";
    private static final String UPDATE = "PUT /processors/face-1";
    private static final String HEARTBEAT = "POST /processors/face-1/heartbeat";
    private static final String UNREGISTER = "DELETE /processors/face-1";
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(5);

    private RecordingOrchestrator orchestrator;

    private final CountDownLatch letGo = new CountDownLatch(1);

    @BeforeEach
    void start() throws IOException {
        orchestrator = new RecordingOrchestrator();
    }

    @AfterEach
    void stop() {
        orchestrator.close();
    }

    @Test
    void aProcessorRegistersWithAllItIs() throws Exception {
        try (Membership membership = membership(NEVER, null)) {
            membership.join();
        }
        Call call = orchestrator.calls().getFirst();
        assertThat(call.what()).isEqualTo(REGISTER);
        assertThat(Registration.decode(Json.bytes(call.body())).toString()).contains("face-1", "face_detection",
                "frames:ready:face-1", "capacity=10");
        assertThat(call.authorization()).isEmpty();
    }

    @Test
    void anApiTokenGoesWithEachCall() throws Exception {
        try (Membership membership = membership(NEVER, "secret")) {
            membership.join();
            membership.leave();
        }
        assertThat(orchestrator.calls()).extracting(Call::authorization).containsExactly("Bearer secret",
                "Bearer secret");
    }

    @Test
    void oneThatIsRegisteredAlreadyUpdates() throws Exception {
        orchestrator.know("face-1");
        try (Membership membership = membership(NEVER, null)) {
            membership.join();
        }
        assertThat(orchestrator.called()).containsExactly(REGISTER, UPDATE);
        assertThat(orchestrator.calls().getLast().body().path("id").asText()).isEqualTo("face-1");
    }

    @Test
    void aRefusalSaysWhyInOneLineAndWhatToDo() {
        orchestrator.answerAll(409, "queue frames:ready:face-1 is\\n another's");
        assertThatThrownBy(() -> membership(NEVER, null).join()).isInstanceOf(RegistrationRefused.class)
                .hasMessage("the orchestrator at " + orchestrator.url() + " does not register face-1: queue "
                        + "frames:ready:face-1 is another's (409); choose another id or queue, or remove the processor that "
                        + "has it");
        orchestrator.answerAll(401, "no token");
        assertThatThrownBy(() -> membership(NEVER, null).join()).hasMessageContaining("API_TOKEN");
        orchestrator.answerAll(404, "");
        assertThatThrownBy(() -> membership(NEVER, null).join()).hasMessageContaining("a title (404)")
                .hasMessageContaining("ORCHESTRATOR_URL");
        orchestrator.answerAll(422, "capacity must be an integer from 1 to 1000000");
        assertThatThrownBy(() -> membership(NEVER, null).join()).hasMessageEndingWith("1000000 (422)");
    }

    @Test
    void itWaitsForAnOrchestratorThatComesUpLate() throws Exception {
        try (FaultProxy network = new FaultProxy(orchestrator.port());
                Membership membership = membership(URI.create("http://127.0.0.1:" + network.port() + "/"), NEVER,
                        null)) {
            network.down();
            CompletableFuture<Void> joined = joining(membership);
            Await.until("a try", () -> network.turnedAway() > 0);
            assertThat(joined).isNotDone();
            network.up();
            joined.get(10, TimeUnit.SECONDS);
        }
        assertThat(orchestrator.called()).containsExactly(REGISTER);
    }

    @Test
    void itWaitsForAnOrchestratorThatCannotYet() throws Exception {
        orchestrator.answerAll(503, "Redis is away");
        try (Membership membership = membership(NEVER, null)) {
            CompletableFuture<Void> joined = joining(membership);
            orchestrator.awaitCall(REGISTER);
            orchestrator.answerProperly();
            joined.get(10, TimeUnit.SECONDS);
        }
        assertThat(orchestrator.knows("face-1")).isTrue();
    }

    @Test
    void waitingCanBeInterrupted() throws Exception {
        orchestrator.answerAll(503, "Redis is away");
        try (Membership membership = membership(NEVER, null)) {
            CountDownLatch interrupted = new CountDownLatch(1);
            Thread waiting = Thread.ofVirtual().start(() -> {
                try {
                    membership.join();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
            });
            orchestrator.awaitCall(REGISTER);
            waiting.interrupt();
            Await.signal(interrupted);
        }
    }

    @Test
    void heartbeatsSayHowItFares() throws Exception {
        try (Membership membership = membership(SOON, null)) {
            membership.join();
            orchestrator.awaitCall(HEARTBEAT);
        }
        Call call = orchestrator.calls().get(1);
        assertThat(call.body()).hasToString("{\"processor_id\":\"face-1\",\"status\":\"healthy\",\"capacity_used\":2.0,"
                + "\"frames_processed\":7,\"avg_processing_time_ms\":1.5,\"errors_last_minute\":1}");
    }

    @Test
    void oneThatWasForgottenRegistersAgain() throws Exception {
        try (Membership membership = membership(SOON, null)) {
            membership.join();
            orchestrator.awaitCall(HEARTBEAT);
            orchestrator.forget();
            Await.until("registered again", () -> orchestrator.knows("face-1"));
        }
        assertThat(orchestrator.called().stream().filter(REGISTER::equals)).hasSize(2);
    }

    @Test
    void oneThatWasToldToDrainAndIsForgottenIsLetGo() throws Exception {
        try (Membership membership = membership(SOON, null)) {
            membership.join();
            orchestrator.drain();
            awaitCalls(HEARTBEAT, 2);
            assertThat(letGo.getCount()).isOne();
            orchestrator.forget();
            Await.signal(letGo);
        }
        assertThat(orchestrator.called().stream().filter("POST /processors/register"::equals)).hasSize(1);
        assertThat(orchestrator.called()).doesNotContain(UNREGISTER);
    }

    @Test
    void heartbeatsGoOnWhateverTheyMeet() throws Exception {
        try (FaultProxy network = new FaultProxy(orchestrator.port());
                Membership membership = membership(URI.create("http://127.0.0.1:" + network.port()), SOON, null)) {
            membership.join();
            orchestrator.answerAll(404, "gone, and not to come back");
            awaitCalls(HEARTBEAT, 2);
            orchestrator.answerAll(403, "who are you?");
            awaitCalls(HEARTBEAT, 2);
            orchestrator.answerAll(503, "Redis is away");
            awaitCalls(HEARTBEAT, 2);
            network.down();
            Await.until("tries", () -> network.turnedAway() > 1);
            network.up();
            orchestrator.answerProperly();
            awaitCalls(HEARTBEAT, 2);
        }
    }

    @Test
    void aHeartbeatThatCannotBeMadeIsNotTheLast() throws Exception {
        AtomicInteger made = new AtomicInteger();
        try (Membership membership = new Membership(new OrchestratorClient(URI.create(orchestrator.url()), null, null),
                registration(SOON), () -> {
                    if (made.incrementAndGet() == 1) {
                        throw new IllegalStateException("not yet");
                    }
                    return new Heartbeat("face-1", Heartbeat.HealthStatus.HEALTHY, null, null, null, null);
                }, letGo::countDown)) {
            membership.join();
            orchestrator.awaitCall(HEARTBEAT);
        }
    }

    @Test
    void leavingUnregistersOnce() throws Exception {
        try (Membership membership = membership(SOON, null)) {
            membership.join();
            membership.leave();
            membership.leave();
        }
        assertThat(orchestrator.called().stream().filter(UNREGISTER::equals)).hasSize(1);
        assertThat(orchestrator.called()).endsWith(UNREGISTER);
        assertThat(orchestrator.knows("face-1")).isFalse();
    }

    @Test
    void leavingAnOrchestratorThatIsAwayOrHasForgottenIsFine() throws Exception {
        for (int status : List.of(404, 403, 503)) {
            Membership membership = membership(NEVER, null);
            membership.join();
            orchestrator.answerAll(status, "no");
            membership.leave();
            orchestrator.answerProperly();
            orchestrator.forget();
        }
        assertThat(orchestrator.called().stream().filter(UNREGISTER::equals)).hasSize(3);
    }

    @Test
    void oneThatNeverJoinedHasNothingToLeave() {
        membership(NEVER, null).leave();
        assertThat(orchestrator.calls()).isEmpty();
    }

    private void awaitCalls(String what, int more) throws InterruptedException {
        int before = orchestrator.calls().size();
        Await.until(more + " × " + what, () -> orchestrator.called().stream().skip(before).filter(what::equals)
                .count() >= more);
    }

    private static CompletableFuture<Void> joining(Membership membership) {
        CompletableFuture<Void> joined = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                membership.join();
                joined.complete(null);
            } catch (InterruptedException | RuntimeException e) {
                joined.completeExceptionally(e);
            }
        });
        return joined;
    }

    private Membership membership(Duration interval, @Nullable String token) {
        return membership(URI.create(orchestrator.url()), interval, token);
    }

    private Membership membership(URI url, Duration interval, @Nullable String token) {
        return new Membership(new OrchestratorClient(url, token == null ? null : new Secret(token), null),
                registration(interval),
                () -> new Heartbeat("face-1", Heartbeat.HealthStatus.HEALTHY, 2.0, 7L, 1.5, 1L), letGo::countDown);
    }

    private static Registration registration(Duration interval) {
        return new Registration("face-1", List.of("face_detection"), 10, "frames:ready:face-1", null, null, interval, 1,
                null, JsonNodeFactory.instance.objectNode());
    }
}
