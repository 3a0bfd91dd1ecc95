package framebuffer.redis.handoff;

import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CaptureInspectionTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String CAPTURE = KEYS.capture();

    private final CaptureStream capture = new CaptureStream(redis);

    @BeforeEach
    void beginEmpty() {
        capture.frames(0);
    }

    private CaptureInspection look() {
        return CaptureInspection.at(redis.connection(), KEYS, GROUP, HandOff.HandOffLimits.DEFAULT.ledgerFields());
    }

    private void produce(int frames) {
        for (int i = 0; i < frames; i++) {
            redis.call("XADD", CAPTURE, "*", "frame_id", "f", "camera_id", "cam");
        }
    }

    private void trimTo(int frames) {
        redis.call("XTRIM", CAPTURE, "MAXLEN", String.valueOf(frames));
    }

    private void read(String group, int frames) {
        redis.call("XREADGROUP", "GROUP", group, "me", "COUNT", String.valueOf(frames), "STREAMS", CAPTURE, ">");
    }

    @Test
    void whatWasTrimmedUnreadIsLostAndCountedOnce() {
        produce(50);
        trimTo(20);
        assertThat(look().lost()).isEqualTo(30);
        assertThat(look().lost()).isZero();
        assertThat(LedgerReader.read(redis.connection(), KEYS, GROUP, List.of()).counts())
                .containsEntry("unknown", Map.of("captured", 30L, "lost", 30L)).hasSize(1);
    }

    @Test
    void whatWasReadBeforeItWasTrimmedIsNotLost() {
        produce(50);
        read(GROUP, 40);
        trimTo(20);
        assertThat(look().lost()).isZero();
        trimTo(4);
        assertThat(look().lost()).isEqualTo(6);
    }

    @Test
    void whatIsTrimmedWhileReadingGoesOnIsCountedToTheLastFrame() {
        int produced = 0;
        long lost = 0;
        for (int round = 1; round <= 20; round++) {
            produce(round * 7 % 31);
            produced += round * 7 % 31;
            read(GROUP, 5);
            trimTo(round * 5 % 17);
            lost += round % 3 == 0 ? look().lost() : 0;
        }
        read(GROUP, 1_000);
        lost += look().lost();
        assertThat(lost).isEqualTo(produced - capture.pending().size()).isPositive();
    }

    @Test
    void withAnotherReaderNothingIsCountedThatItStillKeeps() {
        redis.call("XGROUP", "CREATE", CAPTURE, "recorder", "0");
        produce(30);
        read(GROUP, 20);
        redis.call("XACK", CAPTURE, GROUP, capture.pending().getFirst().toString());
        assertThat(look().lost()).isZero();
        trimTo(3);
        assertThat(look().lost()).isEqualTo(7);
        read(GROUP, 100);
        assertThat(look().lost()).isZero();
    }

    @Test
    void aGroupMadeAnewBeginsToCountAnew() {
        produce(50);
        trimTo(20);
        look();
        redis.call("XGROUP", "DESTROY", CAPTURE, GROUP);
        capture.frames(0);
        assertThat(look().lost()).isZero();
        trimTo(15);
        assertThat(look().lost()).isEqualTo(5);
    }

    @Test
    void itTellsWhoIsBehind() {
        redis.call("XGROUP", "CREATE", CAPTURE, "recorder", "0");
        assertThat(look().groups()).extracting(CaptureInspection.CaptureGroup::behind).containsExactly(false, false);
        produce(3);
        read("recorder", 2);
        CaptureInspection.CaptureGroup before = look().groups().getLast();
        assertThat(before).extracting(CaptureInspection.CaptureGroup::name, CaptureInspection.CaptureGroup::behind)
                .containsExactly("recorder",
                        true);
        read("recorder", 2);
        assertThat(look().groups().getLast().position()).isNotEqualTo(before.position());
    }

    @Test
    void withoutAStreamThereIsNothingToSee() {
        redis.call("DEL", CAPTURE);
        assertThat(look()).isEqualTo(new CaptureInspection(0, List.of()));
    }

    @Test
    void whatNobodyHadReadIsLostWithItsKey() {
        produce(50);
        look();
        redis.call("DEL", CAPTURE);
        assertThat(look().lost()).isEqualTo(50);
        assertThat(look().lost()).isZero();
    }

    @Test
    void itIsLostTooWhereTheKeyHasBeenMadeAnewSince() {
        produce(50);
        look();
        redis.call("DEL", CAPTURE);
        produce(3);
        redis.call("XGROUP", "CREATE", CAPTURE, GROUP, "0");
        assertThat(look().lost()).isEqualTo(50);
        read(GROUP, 3);
        assertThat(look().lost()).isZero();
    }
}
