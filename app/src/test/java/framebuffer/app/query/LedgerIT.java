package framebuffer.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.CommandOutput;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shows and corrects the ledger by command, without a service. */
@Timeout(180)
class LedgerIT {
    private EmbeddedRedis server;
    private RedisConnection redis;

    @BeforeEach
    void start(@TempDir Path folder) {
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
    }

    @AfterEach
    void stop() {
        redis.close();
        server.close();
    }

    private CommandOutput ledger(String... more) {
        String[] line = new String[more.length + 3];
        line[0] = "ledger";
        System.arraycopy(more, 0, line, 1, more.length);
        line[more.length + 1] = "--redis-url";
        line[more.length + 2] = server.address().toString();
        return CommandOutput.by(line);
    }

    @Test
    void itsExitCodeSaysWhetherItBalances() {
        redis.call("HSET", "frame-buffer:ledger", "captured:gate", 12, "done:gate", 12);
        assertThat(ledger().isFine().out()).contains("gate", "The ledger balances.");
        redis.call("HINCRBY", "frame-buffer:ledger", "captured:gate", 3);
        CommandOutput said = ledger();
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out()).contains("3 captured frames have not ended, but 0 are in flight");
        assertThat(ledger("--json").out()).contains("\"balanced\":false", "\"in_flight\":0", "\"changes\":[]");
    }

    @Test
    void anImbalanceIsCorrectedWhenThatIsAgreedToAndItIsKeptWhatWasChanged() {
        redis.call("HSET", "frame-buffer:ledger", "captured:gate", 12, "done:gate", 111);
        assertThat(ledger("reconcile").code()).as("not confirmed").isEqualTo(2);
        CommandOutput dry = ledger("reconcile", "--dry-run");
        assertThat(dry.code()).isEqualTo(1);
        assertThat(dry.out()).contains("captured", "99");
        assertThat(ledger().code()).as("nothing was changed").isEqualTo(1);
        assertThat(ledger("reconcile", "--yes").isFine().out()).contains("The ledger balances.");
        assertThat(ledger("--json").isFine().out()).contains("\"captured\":111", "\"by\":\"reconcile\"",
                "\"frames\":99");
        assertThat(ledger("reconcile").isFine().out()).as("nothing is left to correct")
                .contains("The ledger balances.");
    }

    @Test
    void camerasThatCancelEachOtherOutAreCorrectedToo() {
        redis.call("HSET", "frame-buffer:ledger", "captured:a", 1, "done:a", 2, "captured:b", 5, "done:b", 4);
        assertThat(ledger().code()).isEqualTo(1);
        ledger("reconcile", "--yes").isFine();
        assertThat(ledger("--json").out())
                .contains("\"captured\":7,\"done\":6,\"shed\":{},\"dead\":0,\"in_flight\":0,\"lost\":1");
    }
}
