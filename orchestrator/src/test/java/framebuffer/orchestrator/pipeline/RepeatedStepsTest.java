package framebuffer.orchestrator.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.EmptyRedis;
import framebuffer.orchestrator.observability.journey.JournalStep;
import framebuffer.orchestrator.observability.journey.JournalStep.HandOffResult;
import framebuffer.orchestrator.observability.journey.JournalStep.HandOffStep;
import framebuffer.orchestrator.observability.journey.JournalStep.StepTarget;
import framebuffer.redis.Replies;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RepeatedStepsTest {
    @RegisterExtension
    static final EmptyRedis redis = new EmptyRedis();
    private static final String SET = Keys.DEFAULT.journeyRepeated();
    private static final Instant AT = Instant.ofEpochSecond(1_763_899_200);

    private final RepeatedSteps repeated = new RepeatedSteps(Keys.DEFAULT);

    private static JournalStep step(SourceKind from, HandOffResult result, int second) {
        Instant at = AT.plusSeconds(second);
        return new HandOffStep("f", "yard", new EntryId(5, 1), at, at, from, null, null, 1, "", result,
                List.of(new StepTarget("face", "face-1")));
    }

    private static List<?> noted() {
        return Replies.list(redis.call("ZRANGE", SET, 0, -1)).stream().map(Replies::text).toList();
    }

    @Test
    void onlyPartsThatMovedAgainAreNotedWithTheirLastStep() {
        repeated.add(step(SourceKind.CAPTURE, HandOffResult.HANDED_OFF, 0));
        repeated.add(step(SourceKind.RETURNED, HandOffResult.FULL, 1));
        repeated.write(redis.connection());
        assertThat(noted()).isEmpty();
        repeated.add(step(SourceKind.RETURNED, HandOffResult.HANDED_OFF, 2));
        repeated.write(redis.connection());
        repeated.add(step(SourceKind.QUEUE, HandOffResult.HANDED_OFF, 3));
        repeated.write(redis.connection());
        assertThat(noted()).isEqualTo(List.of("5-1 face"));
        assertThat(Double.parseDouble(Replies.text(redis.call("ZSCORE", SET, "5-1 face"))))
                .isEqualTo(AT.plusSeconds(3).getEpochSecond() * 1e6);
    }

    @Test
    void theyAreForgottenWithTheJournal() {
        repeated.add(step(SourceKind.RETURNED, HandOffResult.HANDED_OFF, 2));
        repeated.write(redis.connection());
        repeated.trim(redis.connection(), AT);
        assertThat(noted()).hasSize(1);
        repeated.trim(redis.connection(), AT.plusSeconds(3));
        assertThat(noted()).isEmpty();
    }

    @Test
    void stepsThatAreNotWrittenAreNotNoted() {
        repeated.add(step(SourceKind.RETURNED, HandOffResult.HANDED_OFF, 2));
        repeated.forget();
        repeated.write(redis.connection());
        assertThat(noted()).isEmpty();
    }
}
