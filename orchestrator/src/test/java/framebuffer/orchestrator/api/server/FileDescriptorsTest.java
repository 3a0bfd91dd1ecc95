package framebuffer.orchestrator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FileDescriptorsTest {

    @Test
    void asManyConnectionsAsAreWantedWhereThereIsRoom() {
        assertThat(new FileDescriptors(1 << 20, 200).connections(1_024)).isEqualTo(1_024);
    }

    @Test
    void whatIsOpenAndWhatWillBeNeededIsLeftOut() {
        assertThat(new FileDescriptors(256, 120).connections(1_024)).isEqualTo(256 - 120 - 64);
    }

    @Test
    void aFewConnectionsAreAlwaysTaken() {
        assertThat(new FileDescriptors(128, 120).connections(1_024)).isEqualTo(16);
        assertThat(new FileDescriptors(128, 120).connections(4)).isEqualTo(4);
    }
}
