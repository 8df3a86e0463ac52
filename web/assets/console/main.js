// SPDX-License-Identifier: Apache-2.0
//
// The bank's console: list, one authorization in full, alarms, a new one, measurements.
import { startStaff } from '../shared/staff.js';
import { renderAlarms } from './alarms.js';
import { renderDetail } from './detail.js';
import { renderList } from './list.js';
import { renderMetrics } from './metrics.js';
import { renderOpen } from './open.js';

startStaff({
    brand: '征信授权工作台',
    login: '登录工作台',
    pages: { list: ['授权', renderList], alarms: ['告警', renderAlarms], open: ['发起授权', renderOpen, 'officer'], metrics: ['运行情况', renderMetrics] },
    details: { authorization: ['list', renderDetail] },
});
