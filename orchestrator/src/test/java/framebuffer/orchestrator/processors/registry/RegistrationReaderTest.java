package framebuffer.orchestrator.processors.registry;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Decoded;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RegistrationReaderTest {

    @Test
    void metadataMayBeSixteenKibibytes() {
        String most = "\"" + "x".repeat(RegistrationReader.MAX_METADATA_BYTES - 8) + "\"";
        assertThat(withMetadata(most)).isInstanceOf(Decoded.Valid.class);
        assertThat(withMetadata(most + ", \"b\": 1")).isEqualTo(
                Decoded.invalid("metadata", "must be at most 16384 bytes as JSON"));
    }

    @Test
    void metadataMayBeThirtyTwoLevelsDeep() {
        assertThat(withMetadata("[".repeat(31) + "]".repeat(31))).isInstanceOf(Decoded.Valid.class);
        assertThat(withMetadata("[".repeat(32) + "]".repeat(32))).isEqualTo(
                Decoded.invalid("metadata", "must be nested at most 32 levels deep"));
    }

    @Test
    void whatIsNoJsonIsInvalid() {
        assertThat(RegistrationReader.decode(new byte[]{'{', (byte) 0xff})).isInstanceOf(Decoded.Invalid.class);
        assertThat(withMetadata("[".repeat(100_000))).isInstanceOf(Decoded.Invalid.class);
    }

    private static Decoded<Registration> withMetadata(String value) {
        return RegistrationReader.decode(("{\"id\": \"a\", \"capabilities\": [\"x\"], \"capacity\": 1, \"metadata\": "
                + "{\"a\": " + value + "}}").getBytes(StandardCharsets.UTF_8));
    }
}
