package framebuffer.migration.splitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.migration.MigrationRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SplitShareTest {
    @RegisterExtension
    static final MigrationRedis redis = new MigrationRedis();
    private static final Keys KEYS = new Keys("", true);

    private static void switches(String... fields) {
        redis.call("DEL", KEYS.control());
        Object[] line = new Object[fields.length + 1];
        line[0] = KEYS.control();
        System.arraycopy(fields, 0, line, 1, fields.length);
        redis.call("HSET", line);
    }

    private static void becomes(SplitShare share, int percent) {
        Await.until("the share is " + percent, () -> share.percent() == percent);
    }

    @Test
    void theShareIsThatOfTheMigrationWhileTheGateIsOn() {
        try (SplitShare share = SplitShare.ofMigration(redis.address(), KEYS)) {
            assertThat(share.percent()).isZero();
            switches("gate", "true", "split", "30");
            becomes(share, 30);
            switches("gate", "true");
            becomes(share, 0);
            switches("gate", "true", "split", "100");
            becomes(share, 100);
            switches("gate", "false", "split", "100");
            becomes(share, 0);
            assertThatThrownBy(() -> share.set(10)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aShareOfItsOwnIsAPercentage() {
        SplitShare share = SplitShare.of(7);
        share.set(100);
        assertThat(share.percent()).isEqualTo(100);
        assertThat(share.trouble()).isNull();
        assertThatThrownBy(() -> share.set(101)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SplitShare.of(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
