import Devices
import Foundation
import Model
import TestSupport
import Testing
