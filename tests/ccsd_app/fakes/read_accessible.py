"""Prints what a screen reader is told of the programs on this session bus, as JSON lines.

A system's own Python runs it, as the D-Bus bindings belong to the system.

Source: AT-SPI D-Bus protocol, https://gnome.pages.gitlab.gnome.org/at-spi2-core/devel-docs/.
"""

import json
import sys
import time

import dbus

ACCESSIBLE = "org.a11y.atspi.Accessible"
SHOWING = 25
"""The number of the state: the object is on screen."""


def accessibility_bus():
    about = dbus.SessionBus().get_object("org.a11y.Bus", "/org/a11y/bus")
    return dbus.bus.BusConnection(about.GetAddress(dbus_interface="org.a11y.Bus"))


def walk(bus, name, path):
    one = bus.get_object(name, path)
    low, _high = one.GetState(dbus_interface=ACCESSIBLE)
    told = one.Get(ACCESSIBLE, "Name", dbus_interface="org.freedesktop.DBus.Properties")
    role = one.GetRoleName(dbus_interface=ACCESSIBLE)
    yield {"role": str(role), "name": str(told), "showing": bool(low >> SHOWING & 1)}
    if role not in ("table", "tree table", "list"):  # their cells are many
        for owner, child in one.GetChildren(dbus_interface=ACCESSIBLE):
            yield from walk(bus, owner, child)


def main() -> None:
    bus, end = accessibility_bus(), time.monotonic() + float(sys.argv[1])
    while time.monotonic() < end:
        root = bus.get_object("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
        for owner, child in root.GetChildren(dbus_interface=ACCESSIBLE):
            found = list(walk(bus, owner, child))
            if any(one["name"].startswith(sys.argv[2]) for one in found):
                sys.stdout.write("".join(f"{json.dumps(one)}\n" for one in found))
                return
        time.sleep(0.5)


if __name__ == "__main__":
    main()
