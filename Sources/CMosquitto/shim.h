// libmosquitto needs no shim yet: everything that is called is a plain function.
#pragma once
#include <mosquitto.h>
#include <mqtt_protocol.h>
