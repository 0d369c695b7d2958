"""The agent of a benchmark profile as the product runs it, with rules alone: `python agent_program.py FOLDER`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from desktop.agent.main import serve
from desktop.bootstrap import Parts
from desktop.inference.client import NoModel
from desktop.runtime.link import address_of
from desktop.system import logs
from desktop.system.instance import InstanceLock
from tests.benchmarks.own_profile import own_profile


def main() -> int:
    profile = own_profile(sys.argv[1])
    logs.setup(profile.paths, program="agent")
    lock = InstanceLock(profile.paths.data / "agent.lock")
    if not lock.try_acquire():
        return 6
    parts = Parts(profile)
    agent, bus = parts.agent(NoModel())
    serve(agent, bus, address=address_of(profile.paths.data), secret=parts.link_secret())
    parts.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
